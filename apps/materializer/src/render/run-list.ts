import {
  formatAge,
  formatCount,
  formatDuration,
  formatInstant,
  formatPartitionKey,
  formatQuantity,
  type Graph,
} from "@freshet/core/engine"
import type { RunDetail, RunRow, StepRow } from "@freshet/services"

import {
  type TerminalStyle,
  type Sign,
  type Tone,
  paint,
  getSign,
} from "../terminal/terminal-style.ts"
import { formatRunProgress } from "./computation-outcomes.ts"
import { formatSetPartition } from "./set-partition.ts"
import { type Cell, formatTable } from "./table.ts"

const outcomeSigns: Readonly<Record<RunRow["outcome"], readonly [Sign, Tone]>> = {
  running: ["running", "running"],
  succeeded: ["made", "good"],
  failed: ["failed", "bad"],
  interrupted: ["skipped", "stale"],
  killed: ["failed", "stale"],
}

/** Runs, the newest first. */
export function formatRunList(
  runs: readonly RunRow[],
  nowMs: number,
  style: TerminalStyle,
): readonly string[] {
  if (runs.length === 0) return ["There was no run yet."]
  const rows = runs.map((run): readonly Cell[] => {
    const [sign, tone] = outcomeSigns[run.outcome]
    return [
      { text: `${getSign(style, sign)} ${run.outcome}`, tone },
      run.id,
      formatAge(run.startedMs, nowMs),
      formatRunDuration(run, nowMs),
      formatStepCounts(run),
      run.command,
    ]
  })
  const columns = [
    { header: "run" },
    { header: "id" },
    { header: "started" },
    { header: "took", align: "right", drop: 2 } as const,
    { header: "steps", drop: 1 },
    { header: "command", shrinks: true },
  ]
  return formatTable(columns, rows, style)
}

/** Of one that was killed nobody knows the end until the next run closes it. */
function formatRunDuration({ outcome, startedMs, endedMs }: RunRow, nowMs: number): string {
  if (outcome === "killed" && endedMs === undefined) return "?"
  return formatDuration((endedMs ?? nowMs) - startedMs)
}

function formatStepCounts({ steps, materialized, failed }: RunRow): string {
  const failedText = failed > 0 ? `, ${formatCount(failed)} failed` : ""
  return `${formatCount(materialized)} of ${formatCount(steps)} made${failedText}`
}

/** Up to so many steps are listed without being asked for. */
const maxSteps = 40

/** One run: how it went, how far it came, its steps, and what it published. */
export function formatRunDetail(
  graph: Graph,
  run: RunDetail,
  { nowMs, everyStep }: { readonly nowMs: number; readonly everyStep: boolean },
  style: TerminalStyle,
): readonly string[] {
  const [sign, tone] = outcomeSigns[run.outcome]
  const progress = formatRunProgress(graph, run, style)
  return [
    `${paint(style, tone, `${getSign(style, sign)} run ${run.id} ${run.outcome}`)}: ${run.command}`,
    `started ${formatInstant(run.startedMs)}, ${run.outcome === "running" ? "for" : "took"} ${formatRunDuration(run, nowMs)}, ${formatStepCounts(run)}`,
    ...formatRunEnd(run),
    ...(progress.length > 0 ? ["", ...progress] : []),
    ...formatSteps(graph, run, everyStep, style),
    ...(run.publications.length > 0 ? [""] : []),
    ...run.publications.map(
      ({ set, partitionKey: key, inserted, updated, deleted }) =>
        `published ${formatSetPartition(set, key)}: ${formatCount(inserted)} inserted, ${formatCount(updated)} updated, ${formatCount(deleted)} deleted`,
    ),
  ]
}

/** Why a run did not reach its end, and how one goes on. */
function formatRunEnd({ id, outcome, cancelRequestedMs }: RunDetail): readonly string[] {
  if (outcome === "succeeded") return []
  const cancelLines =
    cancelRequestedMs === undefined ? [] : [`asked to stop ${formatInstant(cancelRequestedMs)}`]
  if (outcome === "running") return [...cancelLines, `\`freshet runs cancel ${id}\` stops it.`]
  const killedLines = outcome === "killed" ? ["Its process ended without a word."] : []
  const retryHint = `What was made is kept; \`freshet runs retry ${id}\` makes what is left.`
  return [...cancelLines, ...killedLines, retryHint]
}

function formatSteps(
  graph: Graph,
  { stepRows }: RunDetail,
  everyStep: boolean,
  style: TerminalStyle,
): readonly string[] {
  const isShort = everyStep || stepRows.length <= maxSteps
  const listedSteps = isShort ? stepRows : stepRows.filter(({ outcome }) => isNotable(outcome))
  const columns = [
    { header: "" },
    { header: "step" },
    { header: "partition" },
    { header: "rows", align: "right" } as const,
    { header: "took", align: "right", drop: 1 } as const,
    { header: "", shrinks: true },
  ]
  const rows = listedSteps.slice(0, everyStep ? Infinity : maxSteps)
  const lines = formatTable(
    columns,
    rows.map((step) => toStepRow(graph, step, style)),
    style,
  )
  const note = `${formatQuantity(stepRows.length - rows.length, "step")} more; --steps lists them.`
  return [
    ...(lines.length > 0 ? ["", ...lines] : []),
    ...(rows.length < stepRows.length ? ["", note] : []),
  ]
}

/** What one wants to know of a step that did not just do its work. */
function isNotable(outcome: string): boolean {
  return outcome === "failed" || outcome === "checks_failed"
}

const stepSigns: Readonly<Record<string, readonly [Sign, Tone]>> = {
  materialized: ["made", "good"],
  reused: ["same", "good"],
  unchanged: ["same", "plain"],
  checked: ["made", "good"],
  checks_failed: ["failed", "bad"],
  failed: ["failed", "bad"],
  skipped: ["skipped", "faint"],
}

function toStepRow(graph: Graph, step: StepRow, style: TerminalStyle): readonly Cell[] {
  const [sign, tone] = stepSigns[step.outcome] ?? ["dash", "plain"]
  const isQuiet = step.outcome === "materialized"
  return [
    { text: getSign(style, sign), tone },
    step.computation,
    formatStepKey(graph, step),
    formatCount(step.rows),
    formatDuration(step.ms),
    isQuiet ? "" : [step.outcome, step.message].filter((part) => part !== undefined).join(": "),
  ]
}

/** The partition's key; a computation that is no longer declared keeps the bare index. */
export function formatStepKey(graph: Graph, { computation, partition }: StepRow): string {
  const declaredComputation = graph.computations.find(({ name }) => name === computation)
  const asset = graph.assets.get(declaredComputation?.outputs[0]?.asset ?? "")
  if (partition === undefined) return "?"
  if (asset === undefined) return String(partition)
  return asset.partitions.kind === "none" ? "" : formatPartitionKey(asset.partitions, partition)
}

/** `runs show` of an id that names no run, or more than one. */
export function formatUnknownRun(id: string): string {
  return `No single run has an id that begins with \`${id}\`.`
}

/** How many runs a list may have left out. */
export function formatRunListNote(runCount: number, limit: number): readonly string[] {
  return runCount < limit ? [] : [`The newest ${formatQuantity(limit, "run")}; --limit shows more.`]
}
