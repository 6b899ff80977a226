import { type Graph, partitionKey } from "@freshet/core"

import type { RunDetail, RunRow, StepRow } from "../project/project.ts"
import { ago, count, counted, duration, instant } from "./amount.ts"
import { type Look, type Sign, type Tone, paint, sign } from "./look.ts"
import { setPartition } from "./set-partition.ts"
import { type Cell, table } from "./table.ts"

const outcomes: Readonly<Record<RunRow["outcome"], readonly [Sign, Tone]>> = {
  running: ["running", "running"],
  succeeded: ["made", "good"],
  failed: ["failed", "bad"],
  interrupted: ["skipped", "stale"],
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

function took({ startedMs, endedMs }: RunRow, nowMs: number): string {
  return duration((endedMs ?? nowMs) - startedMs)
}

function stepCounts({ steps, made, failed }: RunRow): string {
  const bad = failed > 0 ? `, ${count(failed)} failed` : ""
  return `${count(made)} of ${count(steps)} made${bad}`
}

/** One run: how it went, its steps, and what it published. */
export function runDetailLines(
  graph: Graph,
  run: RunDetail,
  nowMs: number,
  look: Look,
): readonly string[] {
  const [mark, tone] = outcomes[run.outcome]
  const columns = [
    { header: "" },
    { header: "step" },
    { header: "partition" },
    { header: "rows", align: "right" } as const,
    { header: "took", align: "right", drop: 1 } as const,
    { header: "", shrinks: true },
  ]
  const steps = table(
    columns,
    run.stepRows.map((step) => stepRow(graph, step, look)),
    look,
  )
  return [
    `${paint(look, tone, `${sign(look, mark)} run ${run.id} ${run.outcome}`)}: ${run.command}`,
    `started ${instant(run.startedMs)}, took ${took(run, nowMs)}, ${stepCounts(run)}`,
    ...(steps.length > 0 ? ["", ...steps] : []),
    ...(run.publications.length > 0 ? [""] : []),
    ...run.publications.map(
      ({ set, partitionKey: key, inserted, updated, deleted }) =>
        `published ${setPartition(set, key)}: ${count(inserted)} inserted, ${count(updated)} updated, ${count(deleted)} deleted`,
    ),
  ]
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
