import type { Failure, Graph, Published } from "@freshet/core"

import type { AssetState, PartitionCounts } from "../commands/asset-state.ts"
import { ago, bytesText, count, counted, duration } from "./amount.ts"
import { briefCauses } from "./causes.ts"
import { type Look, type State, type Tone, paint, sign, stateTones } from "./look.ts"
import { setPartition } from "./set-partition.ts"
import { type Cell, type TableColumn, table } from "./table.ts"

const columns: readonly TableColumn[] = [
  { header: "" },
  { header: "asset" },
  { header: "status", shrinks: true },
  { header: "newest", drop: 6 },
  { header: "partitions", drop: 4 },
  { header: "rows", align: "right", drop: 3 },
  { header: "made", drop: 2 },
  { header: "notes", drop: 5, shrinks: true },
]

/** One line an asset, under a heading for each group. */
export function statusLines(
  graph: Graph,
  states: readonly AssetState[],
  nowMs: number,
  look: Look,
): readonly string[] {
  const rows = states.map((state) => row(graph, state, nowMs, look))
  const lines = table(columns, rows, look)
  const groups = [...new Set(states.map(({ group }) => group))]
  if (groups.length < 2) return lines
  const [head = "", ...body] = lines
  return groups.flatMap((group, index) => [
    ...(index === 0 ? [head] : [""]),
    paint(look, "strong", group),
    ...body.filter((_, line) => states[line]?.group === group),
  ])
}

function row(graph: Graph, state: AssetState, nowMs: number, look: Look): readonly Cell[] {
  const shown: State = state.status?.kind ?? "source"
  const tone = stateTones[shown]
  return [
    { text: sign(look, shown), tone },
    state.name,
    { text: statusWords(graph, state), tone },
    state.newest ?? "",
    partitionsWords(state),
    state.rows === undefined ? sizeOf(state) : count(state.rows),
    state.madeMs === undefined ? "" : ago(state.madeMs, nowMs),
    noteCell(state, nowMs),
  ]
}

function sizeOf(state: AssetState): string {
  return state.bytes === undefined ? "" : bytesText(state.bytes)
}

/** The newest partition's state in words. */
export function statusWords(graph: Graph, { status, newest }: AssetState): string {
  if (status === undefined) return newest === undefined ? "nothing landed" : "source"
  if (newest === undefined) return "waits for its first input"
  if (status.kind === "failed" && status.waitsFor === undefined) return failedWords(status.failure)
  const text = briefCauses(graph, status)
  return status.kind === "stale" ? `stale: ${text}` : text
}

/** In few words: what was said stands in the notes. */
function failedWords({ outcome, checks }: Failure): string {
  if (outcome === "failed" || checks.length === 0) return outcome
  return checks.length === 1 ? `refused by ${checks.join()}` : `refused by ${checks.length} checks`
}

/** How many partitions there are, and which are not up to date: `3 of 10 days stale`. */
export function partitionsWords({ partitions, partitioned, noun }: AssetState): string {
  if (!partitioned || partitions.total === 0) return ""
  const open = openCounts(partitions)
  if (open === "") return counted(partitions.total, noun)
  return open.replace(" ", ` of ${counted(partitions.total, noun)} `)
}

/** `3 stale, 2 missing`; empty when all are fresh. */
function openCounts(counts: PartitionCounts): string {
  const kinds = ["failed", "stale", "missing"] as const
  return kinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${count(counts[kind])} ${kind}`)
    .join(", ")
}

function noteCell(state: AssetState, nowMs: number): Cell {
  const notes: string[] = []
  const { status } = state
  if (status?.kind === "failed") notes.push(status.failure.message.split("\n", 1)[0] ?? "")
  if (state.failedErrors > 0) notes.push(`${counted(state.failedErrors, "check")} failed`)
  if (state.overdue !== undefined) notes.push(`late ${duration(nowMs - state.overdue.dueMs)}`)
  if (state.failedWarnings > 0) notes.push(counted(state.failedWarnings, "warning"))
  const bad = state.failedErrors > 0 || state.overdue !== undefined || status?.kind === "failed"
  const tone: Tone = bad ? "bad" : "stale"
  return { text: notes.join(", "), tone }
}

/** The whole in one sentence: `22 of 25 assets are up to date; 2 stale, 1 never made.` */
export function statusSentence(states: readonly AssetState[]): string {
  const made = states.filter(({ status }) => status !== undefined)
  const of = (kind: string) => made.filter(({ status }) => status?.kind === kind).length
  const fresh = of("fresh")
  const late = made.filter(({ overdue }) => overdue !== undefined).length
  const refused = made.filter(({ failedErrors }) => failedErrors > 0).length
  const rest = [
    [of("failed"), "failed"],
    [of("stale"), "stale"],
    [of("missing"), "never made"],
    [refused, "refused by checks"],
    [late, "late"],
  ] as const
  const open = rest.filter(([many]) => many > 0).map(([many, word]) => `${count(many)} ${word}`)
  const tail = open.length === 0 ? "" : `; ${open.join(", ")}`
  if (states.length === 0) return "No asset is selected."
  if (made.length === 0) return "Only sources are selected: they are what has landed."
  return fresh === made.length
    ? `${made.length === 1 ? "The asset is" : `All ${count(made.length)} assets are`} up to date${tail}.`
    : `${fractionText(fresh, made.length)} up to date${tail}.`
}

function fractionText(fresh: number, all: number): string {
  if (all === 1) return "The asset is not"
  return `${fresh === 0 ? "None" : count(fresh)} of ${counted(all, "asset")} ${fresh === 1 ? "is" : "are"}`
}

/** What readers of Postgres see. */
export function publishedLines(
  publications: Iterable<Published>,
  nowMs: number,
): readonly string[] {
  return [...publications].map(
    ({ set, partitionKey, atMs }) =>
      `Published: ${setPartition(set, partitionKey)}, ${ago(atMs, nowMs)}.`,
  )
}

/** What there is to do where nothing has landed yet. */
export function nothingLandedLines(landing: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return []
  return [
    `Nothing has landed yet. Files are expected in ${landing}:`,
    ...paths.map((path) => `  ${path}`),
    "`freshet demo-data` makes some up; `freshet demo` shows the whole way once, apart from your data.",
  ]
}
