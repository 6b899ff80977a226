import { formatTimeOfDay, type RunEvent } from "@freshet/core/engine"
import {
  applyEvent,
  isUnsuccessful,
  parseStepId,
  type ProjectPlan,
  type RunProgress,
  startProgress,
} from "@freshet/services"

import { formatComputation, formatLiveProgress } from "../render/live-progress-lines.ts"
import { formatPlanBriefly } from "../render/plan.ts"
import { formatEvent, formatOutcome } from "../render/run-event.ts"
import {
  type CommandLine,
  type Output,
  toJsonValue,
  printLines,
  schemaVersion,
} from "./command-line.ts"
import { type LiveRegion, createLiveRegion } from "./live-region.ts"
import { type TerminalStyle, paint, getSign } from "./terminal-style.ts"

type StepEnded = Extract<RunEvent, { kind: "step_ended" }>

/** Shows a run while it is under way, and remembers its events. */
export interface RunReporter {
  readonly start: (projectPlan: ProjectPlan) => void
  readonly handleEvent: (event: RunEvent) => void
  /** Says something that is no event, without harm to what is drawn. */
  readonly print: (text: string) => void
  readonly stop: () => void
  /** How the steps ended. */
  readonly stepEvents: readonly StepEnded[]
}

/** How a run is shown: a tree that redraws on a terminal, a line a change elsewhere, JSON lines on request. */
export function createRunReporter(
  cli: CommandLine,
  title: string,
  jsonLines: boolean,
): RunReporter {
  const stepEvents: StepEnded[] = []
  const recordEvent = (event: RunEvent) => {
    if (event.kind === "step_ended") stepEvents.push(event)
  }
  if (jsonLines) return createJsonReporter(cli, stepEvents, recordEvent)
  const display = cli.err.isTerminal ? createTreeReporter(cli, title) : createLineReporter(cli)
  return {
    ...display,
    stepEvents,
    handleEvent: (event) => {
      recordEvent(event)
      display.handleEvent(event)
    },
  }
}

type RunDisplay = Omit<RunReporter, "stepEvents">

function createJsonReporter(
  cli: CommandLine,
  stepEvents: readonly StepEnded[],
  recordEvent: (event: RunEvent) => void,
): RunReporter {
  return {
    stepEvents,
    start: () => {},
    print: (text) => void printLines(cli.err, [text]),
    stop: () => {},
    handleEvent: (event) => {
      recordEvent(event)
      const { lineCounts, ...otherFields } = { lineCounts: undefined, ...event }
      const counts = lineCounts === undefined ? {} : { line_counts: lineCounts }
      const line = {
        schema_version: schemaVersion,
        at: new Date(cli.nowMs()).toISOString(),
        ...otherFields,
        ...counts,
      }
      void cli.out.write(`${JSON.stringify(line, toJsonValue)}\n`)
    },
  }
}

function createLineReporter(cli: CommandLine): RunDisplay {
  return {
    start: ({ plan }) =>
      void cli.err.write(`${formatTimeOfDay(cli.nowMs())}  plan: ${formatPlanBriefly(plan)}\n`),
    print: (text) => void printLines(cli.err, [text]),
    stop: () => {},
    handleEvent: (event) => {
      const line = formatEvent(event, cli.nowMs())
      if (line !== undefined) void cli.err.write(`${line}\n`)
    },
  }
}

const redrawMs = 100

function createTreeReporter(cli: CommandLine, title: string): RunDisplay {
  const style = getLiveStyle(cli.err)
  const region = createLiveRegion(cli.err)
  let progress: RunProgress | undefined
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    if (progress !== undefined) region.draw(formatLiveProgress(title, progress, cli.nowMs(), style))
  }
  return {
    start: ({ project, plan }) => {
      progress = startProgress(project.graph, plan, cli.nowMs())
      timer = setInterval(draw, redrawMs)
      draw()
    },
    handleEvent: (event) => {
      if (progress === undefined) return
      progress = applyEvent(progress, event, cli.nowMs())
      region.print(formatFinished(event, progress, style))
    },
    print: (text) => region.print([text]),
    stop: () => closeTree(region, timer),
  }
}

function closeTree(region: LiveRegion, timer: NodeJS.Timeout | undefined): void {
  clearInterval(timer)
  region.close()
}

/** One column less than there are: a full line would wrap, and a wrapped line cannot be wiped. */
function getLiveStyle({ style }: Output): TerminalStyle {
  return { ...style, columns: (style.columns ?? 80) - 1 }
}

/** A failure is told at once; what goes well is told once for all partitions of its computation. */
function formatFinished(
  event: RunEvent,
  { computations }: RunProgress,
  style: TerminalStyle,
): readonly string[] {
  if (event.kind !== "step_ended") return []
  const failureLines =
    isUnsuccessful(event.outcome) && event.outcome.kind !== "skipped"
      ? [
          `${paint(style, "bad", getSign(style, "failed"))} ${event.step}: ${formatOutcome(event.outcome, event.checks)}`,
        ]
      : []
  const { name } = parseStepId(event.step)
  const computationProgress = computations.get(name)
  if (computationProgress === undefined || computationProgress.ended < computationProgress.planned)
    return failureLines
  return [...failureLines, formatComputation(name, computationProgress, style)]
}
