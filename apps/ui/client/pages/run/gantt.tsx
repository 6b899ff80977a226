import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { useNavigate } from "@tanstack/react-router"

import type { LineageDocument, RunDetailDocument } from "../../api/documents.ts"
import { useDocument } from "../../api/use-document.ts"
import { Drawing } from "../../ui/drawing.tsx"
import { Section } from "../../ui/layout.tsx"
import { findCriticalPath, placeSteps, type TimedStep } from "./critical-path.ts"
import { getLogLink } from "./log-link.ts"

import classes from "./run.module.css"

const [nameWidth, chartWidth, labelWidth, rowHeight, headHeight] = [290, 620, 150, 20, 24] as const
const maxSteps = 300

/** The times of the steps of a run. The accent marks the chain of steps that decided its duration. */
export function Gantt({ run }: { readonly run: RunDetailDocument }) {
  const { data: lineage } = useDocument<LineageDocument>("/api/lineage")
  const steps = sortByComputation(placeSteps(run.step_rows, run.started_at)).slice(0, maxSteps)
  if (steps.length === 0) return null
  const path = findCriticalPath(steps, lineage?.edges ?? [])
  const endMs = Math.max(1, ...steps.map((step) => step.endMs))
  const height = headHeight + steps.length * rowHeight + 6
  const width = nameWidth + chartWidth + labelWidth
  const toX = (ms: number) => nameWidth + (ms / endMs) * chartWidth
  const pathMs = steps
    .filter(({ key }) => path.has(key))
    .reduce((sum, { step }) => sum + step.ms, 0)
  return (
    <Section
      title="Times"
      detail={`${formatQuantity(steps.length, "step")}; the longest chain worked ${formatDuration(pathMs)}`}
      extra={
        <span className="row">
          <svg width="14" height="10" aria-hidden="true">
            <rect width="14" height="10" rx="2" className={classes["critical"]} />
          </svg>
          longest chain
          {steps.some(({ failedAttempts }) => failedAttempts.length > 0) ? <AttemptLegend /> : null}
        </span>
      }
    >
      <Drawing
        label={`Times of the steps over ${formatDuration(endMs)}`}
        width={width}
        height={height}
      >
        <TimeAxis endMs={endMs} height={height} toX={toX} />
        {steps.map((step, at) => (
          <GanttRow
            key={`${step.key} ${at}`}
            step={step}
            y={headHeight + at * rowHeight}
            isFirst={steps[at - 1]?.step.computation !== step.step.computation}
            isCritical={path.has(step.key)}
            toX={toX}
          />
        ))}
      </Drawing>
    </Section>
  )
}

/** Puts the steps of one computation together, in the order in which the computations began. */
function sortByComputation(steps: readonly TimedStep[]): readonly TimedStep[] {
  const starts = new Map<string, number>()
  for (const { step, startMs } of steps)
    starts.set(step.computation, Math.min(starts.get(step.computation) ?? Infinity, startMs))
  const getStart = ({ step }: TimedStep) => starts.get(step.computation) ?? 0
  return steps.toSorted(
    (first, second) =>
      getStart(first) - getStart(second) ||
      first.step.computation.localeCompare(second.step.computation) ||
      first.key.localeCompare(second.key),
  )
}

function AttemptLegend() {
  return (
    <>
      <svg width="14" height="10" aria-hidden="true">
        <rect x="0.5" y="0.5" width="13" height="9" rx="2" className={classes["attempt"]} />
      </svg>
      failed attempt
    </>
  )
}

interface AxisProps {
  readonly endMs: number
  readonly height: number
  readonly toX: (ms: number) => number
}

function TimeAxis({ endMs, height, toX }: AxisProps) {
  const stepMs = chooseInterval(endMs)
  const ticks = Array.from({ length: Math.floor(endMs / stepMs) + 1 }, (_, at) => at * stepMs)
  return (
    <>
      {ticks.map((ms) => (
        <g key={ms}>
          <line
            x1={toX(ms)}
            x2={toX(ms)}
            y1={headHeight - 6}
            y2={height}
            className={classes["grid"]}
          />
          <text x={toX(ms)} y={12} textAnchor="middle" className={classes["axis"]}>
            {ms === 0 ? "0 s" : formatDuration(ms)}
          </text>
        </g>
      ))}
    </>
  )
}

/** Chooses a round interval with four to ten ticks. */
function chooseInterval(endMs: number): number {
  const power = 10 ** Math.floor(Math.log10(endMs))
  const candidates = [power / 10, power / 5, power / 2, power, power * 2]
  return candidates.find((interval) => endMs / interval <= 8) ?? power
}

interface RowProps {
  readonly step: TimedStep
  readonly y: number
  readonly isFirst: boolean
  readonly isCritical: boolean
  readonly toX: (ms: number) => number
}

function GanttRow({
  step: { step, startMs, endMs, failedAttempts },
  y,
  isFirst,
  isCritical,
  toX,
}: RowProps) {
  const isBroken = step.outcome === "failed" || step.outcome === "checks_failed"
  const kind = isBroken ? "broken" : isCritical ? "critical" : "bar"
  const [x, width] = [toX(startMs), Math.max(2, toX(endMs) - toX(startMs))]
  const navigate = useNavigate()
  return (
    <g className={classes["row"]} onClick={() => void navigate(getLogLink(step))}>
      <title>{`${step.computation} ${step.partition ?? ""}: ${step.outcome}, ${formatDuration(step.ms)}, ${formatQuantity(step.rows, "row")}`}</title>
      {isFirst ? (
        <text x="0" y={y + 12} className={classes["name"]}>
          {step.computation}
        </text>
      ) : null}
      <text x={nameWidth - 12} y={y + 12} textAnchor="end" className={classes["text"]}>
        {step.partition}
      </text>
      {failedAttempts.map(({ startMs: attemptMs, endMs: attemptEndMs, message }) => (
        <rect
          key={attemptMs}
          x={toX(attemptMs)}
          y={y + 2.5}
          width={Math.max(2, toX(attemptEndMs) - toX(attemptMs))}
          height="11"
          rx="2"
          className={classes["attempt"]}
        >
          <title>{message}</title>
        </rect>
      ))}
      <rect x={x} y={y + 2} width={width} height="12" rx="2" className={classes[kind]} />
      <text x={x + width + 6} y={y + 12} className={classes["text"]}>
        {isBroken ? "failed · " : ""}
        {formatDuration(step.ms)} · {formatCount(step.rows)}
      </text>
    </g>
  )
}
