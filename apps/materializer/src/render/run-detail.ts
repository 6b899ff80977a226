import { formatCount, formatDuration, formatInstant, formatQuantity } from "@freshet/core/engine"
import type {
  CancelDocument,
  ComputationProgressDocument,
  RunDetailDocument,
  StepOutcomeName,
  StepRowDocument,
} from "@freshet/services"

import {
  getSign,
  paint,
  type Sign,
  type TerminalStyle,
  type Tone,
} from "../terminal/terminal-style.ts"
import { formatRunDuration, formatStepCounts, runOutcomeSigns } from "./run-list.ts"
import { formatSetPartition } from "./set-partition.ts"
import { type Cell, formatTable } from "./table.ts"

/** Formats one run: its state, its progress by computation, its steps and its publications. */
export function formatRunDetail(
  run: RunDetailDocument,
  listsAllSteps: boolean,
  style: TerminalStyle,
): readonly string[] {
  const [sign, tone] = runOutcomeSigns[run.outcome]
  const progress = formatProgress(run, style)
  const duration = formatRunDuration(run, Date.parse(run.now))
  const startedText = formatInstant(Date.parse(run.started_at))
  return [
    `${paint(style, tone, `${getSign(style, sign)} run ${run.id} ${run.outcome}`)}: ${run.command}`,
    `${run.kind} run, started ${startedText}${formatQueueTime(run)}, ${run.outcome === "running" ? "running for" : "took"} ${duration}, ${formatStepCounts(run)}`,
    ...formatEnd(run),
    ...(progress.length > 0 ? ["", ...progress] : []),
    ...formatSteps(run, listsAllSteps, style),
    ...formatWaitingSteps(run, style),
    ...(run.publications.length > 0 ? [""] : []),
    ...run.publications.map(
      ({ set, partition, inserted, updated, deleted }) =>
        `published ${formatSetPartition(set, partition)}: ${formatCount(inserted)} inserted, ${formatCount(updated)} updated, ${formatCount(deleted)} deleted`,
    ),
  ]
}

function formatQueueTime({ requested_at: requested, started_at: started }: RunDetailDocument) {
  if (requested === null) return ""
  return ` after ${formatDuration(Date.parse(started) - Date.parse(requested))} in the queue`
}

/** Formats the cause of an early end, and the command that continues. */
function formatEnd({ id, outcome, cancel_requested_at: cancelled }: RunDetailDocument) {
  if (outcome === "succeeded") return []
  const cancelLines =
    cancelled === null ? [] : [`cancel requested ${formatInstant(Date.parse(cancelled))}`]
  if (outcome === "running") return [...cancelLines, `\`freshet runs cancel ${id}\` stops it.`]
  const killedLines = outcome === "killed" ? ["Its process ended without a report."] : []
  return [
    ...cancelLines,
    ...killedLines,
    `Finished partitions are retained; \`freshet runs retry ${id}\` runs the remaining ones.`,
  ]
}

function formatProgress(run: RunDetailDocument, style: TerminalStyle): readonly string[] {
  const rows = run.progress.map((progress): readonly Cell[] => {
    const [sign, tone] = chooseSign(progress, run)
    return [
      { text: getSign(style, sign), tone },
      progress.computation,
      `${formatCount(progress.ended)} of ${formatCount(progress.planned)}`,
      formatGroups(progress, run),
    ]
  })
  const columns = [
    { header: "" },
    { header: "computation" },
    { header: "done", align: "right" } as const,
    { header: "partitions", shrinks: true },
  ]
  return formatTable(columns, rows, style)
}

function chooseSign(
  { partitions, ended, planned }: ComputationProgressDocument,
  { outcome }: RunDetailDocument,
): readonly [Sign, Tone] {
  const has = (name: StepOutcomeName) => partitions.some((group) => group.outcome === name)
  if (has("failed") || has("checks_failed")) return ["failed", "bad"]
  if (has("skipped")) return ["skipped", "stale"]
  if (ended < planned)
    return outcome === "running" && ended > 0 ? ["running", "running"] : ["skipped", "stale"]
  return has("materialized") || has("checked") ? ["made", "good"] : ["same", "plain"]
}

function formatGroups({ partitions }: ComputationProgressDocument, run: RunDetailDocument): string {
  return partitions
    .map(({ outcome, text }) => {
      const word =
        outcome !== "remaining"
          ? outcomeWords[outcome]
          : run.outcome === "running"
            ? "remaining"
            : "not done"
      return `${word} ${text}`.trimEnd()
    })
    .join("; ")
}

const outcomeWords: Readonly<Record<StepOutcomeName, string>> = {
  materialized: "materialized",
  reused: "reused",
  unchanged: "unchanged",
  checked: "checked",
  checks_failed: "checks failed",
  failed: "failed",
  skipped: "skipped",
}

/** The number of steps that are listed by default. */
const maxSteps = 40

function formatSteps(
  { step_rows: steps }: RunDetailDocument,
  listsAllSteps: boolean,
  style: TerminalStyle,
): readonly string[] {
  const isShort = listsAllSteps || steps.length <= maxSteps
  const selectedSteps = isShort
    ? steps
    : steps.filter(({ outcome }) => outcome === "failed" || outcome === "checks_failed")
  const listedSteps = selectedSteps.slice(0, listsAllSteps ? Infinity : maxSteps)
  const columns = [
    { header: "" },
    { header: "step" },
    { header: "partition" },
    { header: "rows", align: "right" } as const,
    { header: "duration", align: "right", drop: 1 } as const,
    { header: "", shrinks: true },
  ]
  const lines = formatTable(
    columns,
    listedSteps.map((step) => toStepRow(step, style)),
    style,
  )
  const note = `${formatQuantity(steps.length - listedSteps.length, "step")} more; --steps lists them.`
  return [
    ...(lines.length > 0 ? ["", ...lines] : []),
    ...(listedSteps.length < steps.length ? ["", note] : []),
  ]
}

const stepSigns: Readonly<Record<StepOutcomeName, readonly [Sign, Tone]>> = {
  materialized: ["made", "good"],
  reused: ["same", "good"],
  unchanged: ["same", "plain"],
  checked: ["made", "good"],
  checks_failed: ["failed", "bad"],
  failed: ["failed", "bad"],
  skipped: ["skipped", "faint"],
}

function toStepRow(step: StepRowDocument, style: TerminalStyle): readonly Cell[] {
  const { computation, partition, outcome, rows, ms } = step
  const [sign, tone] = stepSigns[outcome]
  return [
    { text: getSign(style, sign), tone },
    computation,
    formatPartitionCell(partition),
    formatCount(rows),
    formatDuration(ms),
    describeStep(step),
  ]
}

function formatPartitionCell(partition: string | null): string {
  return partition === null ? "?" : partition === "all" ? "" : partition
}

/** Describes an outcome that is not a plain success: `failed: …; attempt 1 failed: …`. */
function describeStep({ outcome, message, failed_attempts: attempts }: StepRowDocument): string {
  const outcomeText =
    outcome === "materialized"
      ? []
      : [[outcomeWords[outcome], message ?? ""].filter(Boolean).join(": ")]
  return [...outcomeText, ...formatAttempts(attempts)].join("; ")
}

function formatAttempts(attempts: StepRowDocument["failed_attempts"]): readonly string[] {
  return attempts.map(({ message }, index) => `attempt ${index + 1} failed: ${message}`)
}

function formatWaitingSteps(
  { waiting_steps: steps }: RunDetailDocument,
  style: TerminalStyle,
): readonly string[] {
  const rows = steps.map((step): readonly Cell[] => [
    step.computation,
    formatPartitionCell(step.partition),
    formatInstant(Date.parse(step.next_attempt_at)),
    formatAttempts(step.failed_attempts).join("; "),
  ])
  const columns = [
    { header: "step" },
    { header: "partition" },
    { header: "next attempt" },
    { header: "", shrinks: true },
  ]
  return rows.length === 0 ? [] : ["", ...formatTable(columns, rows, style)]
}

/** Formats the result of a cancellation. */
export function formatCancel(document: CancelDocument): readonly string[] {
  const { run, outcome, steps, materialized } = document
  if (outcome === "running")
    return [
      `Run ${run} was asked to stop and has not ended yet.`,
      `\`freshet runs show ${run}\` shows when it has.`,
    ]
  if (outcome === "succeeded" || outcome === "failed")
    return [`Run ${run} ended before it could stop: ${outcome}.`]
  return [
    `Run ${run} stopped: ${formatCount(materialized)} of ${formatCount(steps)} partitions materialized.`,
    `\`freshet runs retry ${run}\` runs the remaining ones.`,
  ]
}
