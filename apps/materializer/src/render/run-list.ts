import { type Graph, partitionKey } from "@freshet/core"

import type { RunDetail, RunRow, StepRow } from "../project/project.ts"
import { ago, count, counted, duration, instant } from "./amount.ts"
import { type Look, type Sign, type Tone, paint, sign } from "./look.ts"
import { runProgressLines } from "./run-progress-lines.ts"
import { setPartition } from "./set-partition.ts"
import { type Cell, table } from "./table.ts"

const outcomes: Readonly<Record<RunRow["outcome"], readonly [Sign, Tone]>> = {
  running: ["running", "running"],
  succeeded: ["made", "good"],
  failed: ["failed", "bad"],
  interrupted: ["skipped", "stale"],
  killed: ["failed", "stale"],
}

/** Runs, the newest first. */
export function runListLines(
  runs: readonly RunRow[],
  nowMs: number,
  look: Look,
): readonly string[] {
  if (runs.length === 0) return ["There was no run yet."]
  const rows = runs.map((run): readonly Cell[] => {
    const [mark, tone] = outcomes[run.outcome]
    return [
      { text: `${sign(look, mark)} ${run.outcome}`, tone },
      run.id,
      ago(run.startedMs, nowMs),
      took(run, nowMs),
      stepCounts(run),
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
  return table(columns, rows, look)
}

/** Of one that was killed nobody knows the end until the next run closes it. */
function took({ outcome, startedMs, endedMs }: RunRow, nowMs: number): string {
  if (outcome === "killed" && endedMs === undefined) return "?"
  return duration((endedMs ?? nowMs) - startedMs)
}

function stepCounts({ steps, made, failed }: RunRow): string {
  const bad = failed > 0 ? `, ${count(failed)} failed` : ""
  return `${count(made)} of ${count(steps)} made${bad}`
}

/** Up to so many steps are listed without being asked for. */
const mostSteps = 40

/** One run: how it went, how far it came, its steps, and what it published. */
export function runDetailLines(
  graph: Graph,
  run: RunDetail,
  { nowMs, everyStep }: { readonly nowMs: number; readonly everyStep: boolean },
  look: Look,
): readonly string[] {
  const [mark, tone] = outcomes[run.outcome]
  const progress = runProgressLines(graph, run, look)
  return [
    `${paint(look, tone, `${sign(look, mark)} run ${run.id} ${run.outcome}`)}: ${run.command}`,
    `started ${instant(run.startedMs)}, ${run.outcome === "running" ? "for" : "took"} ${took(run, nowMs)}, ${stepCounts(run)}`,
    ...endLines(run),
    ...(progress.length > 0 ? ["", ...progress] : []),
    ...stepLines(graph, run, everyStep, look),
    ...(run.publications.length > 0 ? [""] : []),
    ...run.publications.map(
      ({ set, partitionKey: key, inserted, updated, deleted }) =>
        `published ${setPartition(set, key)}: ${count(inserted)} inserted, ${count(updated)} updated, ${count(deleted)} deleted`,
    ),
  ]
}

/** Why a run did not reach its end, and how one goes on. */
function endLines({ id, outcome, cancelRequestedMs }: RunDetail): readonly string[] {
  if (outcome === "succeeded") return []
  const asked =
    cancelRequestedMs === undefined ? [] : [`asked to stop ${instant(cancelRequestedMs)}`]
  if (outcome === "running") return [...asked, `\`freshet runs cancel ${id}\` stops it.`]
  const killed = outcome === "killed" ? ["Its process ended without a word."] : []
  const kept = `What was made is kept; \`freshet runs retry ${id}\` makes what is left.`
  return [...asked, ...killed, kept]
}

function stepLines(
  graph: Graph,
  { stepRows }: RunDetail,
  everyStep: boolean,
  look: Look,
): readonly string[] {
  const isShort = everyStep || stepRows.length <= mostSteps
  const shown = isShort ? stepRows : stepRows.filter(({ outcome }) => isTelling(outcome))
  const columns = [
    { header: "" },
    { header: "step" },
    { header: "partition" },
    { header: "rows", align: "right" } as const,
    { header: "took", align: "right", drop: 1 } as const,
    { header: "", shrinks: true },
  ]
  const rows = shown.slice(0, everyStep ? Infinity : mostSteps)
  const lines = table(
    columns,
    rows.map((step) => stepRow(graph, step, look)),
    look,
  )
  const note = `${counted(stepRows.length - rows.length, "step")} more; --steps lists them.`
  return [
    ...(lines.length > 0 ? ["", ...lines] : []),
    ...(rows.length < stepRows.length ? ["", note] : []),
  ]
}

/** What one wants to know of a step that did not just do its work. */
function isTelling(outcome: string): boolean {
  return outcome === "failed" || outcome === "refused"
}

const stepSigns: Readonly<Record<string, readonly [Sign, Tone]>> = {
  made: ["made", "good"],
  reused: ["same", "good"],
  unchanged: ["same", "plain"],
  checked: ["made", "good"],
  refused: ["failed", "bad"],
  failed: ["failed", "bad"],
  skipped: ["skipped", "faint"],
}

function stepRow(graph: Graph, step: StepRow, look: Look): readonly Cell[] {
  const [mark, tone] = stepSigns[step.outcome] ?? ["dash", "plain"]
  const isQuiet = step.outcome === "made"
  return [
    { text: sign(look, mark), tone },
    step.computation,
    stepKey(graph, step),
    count(step.rows),
    duration(step.ms),
    isQuiet ? "" : [step.outcome, step.message].filter((part) => part !== undefined).join(": "),
  ]
}

/** The partition's key; a computation that is no longer declared keeps the bare index. */
export function stepKey(graph: Graph, { computation, partition }: StepRow): string {
  const found = graph.computations.find(({ name }) => name === computation)
  const asset = graph.assets.get(found?.outputs[0]?.asset ?? "")
  if (partition === undefined) return "?"
  if (asset === undefined) return String(partition)
  return asset.partitions.kind === "none" ? "" : partitionKey(asset.partitions, partition)
}

/** `runs show` of an id that names no run, or more than one. */
export function unknownRunMessage(id: string): string {
  return `No single run has an id that begins with \`${id}\`.`
}

/** How many runs a list may have left out. */
export function runListNote(shown: number, limit: number): readonly string[] {
  return shown < limit ? [] : [`The newest ${counted(limit, "run")}; --limit shows more.`]
}
