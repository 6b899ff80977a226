import {
  type Failure,
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatMainCause,
  formatQuantity,
  type Graph,
  type Publication,
} from "@freshet/core/engine"
import type { AssetState, PartitionCounts } from "@freshet/services"

import {
  type TerminalStyle,
  type AssetStateName,
  type Tone,
  paint,
  getSign,
  stateTones,
} from "../terminal/terminal-style.ts"
import { formatSetPartition } from "./set-partition.ts"
import { type Cell, type TableColumn, formatTable } from "./table.ts"

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
export function formatStatus(
  graph: Graph,
  states: readonly AssetState[],
  nowMs: number,
  style: TerminalStyle,
): readonly string[] {
  const rows = states.map((state) => toRow(graph, state, nowMs, style))
  const lines = formatTable(columns, rows, style)
  const groups = [...new Set(states.map(({ group }) => group))]
  if (groups.length < 2) return lines
  const [header = "", ...body] = lines
  return groups.flatMap((group, index) => [
    ...(index === 0 ? [header] : [""]),
    paint(style, "strong", group),
    ...body.filter((_, line) => states[line]?.group === group),
  ])
}

function toRow(
  graph: Graph,
  state: AssetState,
  nowMs: number,
  style: TerminalStyle,
): readonly Cell[] {
  const stateName: AssetStateName = state.status?.kind ?? "source"
  const tone = stateTones[stateName]
  return [
    { text: getSign(style, stateName), tone },
    state.name,
    { text: formatAssetStatus(graph, state), tone },
    state.newest ?? "",
    formatPartitionCounts(state),
    state.rows === undefined ? formatSize(state) : formatCount(state.rows),
    state.materializedMs === undefined ? "" : formatAge(state.materializedMs, nowMs),
    toNoteCell(state, nowMs),
  ]
}

function formatSize(state: AssetState): string {
  return state.bytes === undefined ? "" : formatBytes(state.bytes)
}

/** The newest partition's state in words. */
export function formatAssetStatus(graph: Graph, { status, newest }: AssetState): string {
  if (status === undefined) return newest === undefined ? "nothing landed" : "source"
  if (newest === undefined) return "waits for its first input"
  if (status.kind === "failed" && status.blocker === undefined) return formatFailure(status.failure)
  const text = formatMainCause(graph, status)
  return status.kind === "stale" ? `stale: ${text}` : text
}

/** In few words: what was said stands in the notes. */
function formatFailure({ outcome, checks }: Failure): string {
  if (outcome === "failed" || checks.length === 0) return outcome
  return checks.length === 1 ? `refused by ${checks.join()}` : `refused by ${checks.length} checks`
}

/** How many partitions there are, and which are not up to date: `3 of 10 days stale`. */
export function formatPartitionCounts({ partitions, partitioned, noun }: AssetState): string {
  if (!partitioned || partitions.total === 0) return ""
  const openCounts = formatOpenCounts(partitions)
  if (openCounts === "") return formatQuantity(partitions.total, noun)
  return openCounts.replace(" ", ` of ${formatQuantity(partitions.total, noun)} `)
}

/** `3 stale, 2 missing`; empty when all are fresh. */
function formatOpenCounts(counts: PartitionCounts): string {
  const kinds = ["failed", "stale", "missing"] as const
  return kinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${formatCount(counts[kind])} ${kind}`)
    .join(", ")
}

function toNoteCell(state: AssetState, nowMs: number): Cell {
  const notes: string[] = []
  const { status } = state
  if (status?.kind === "failed") notes.push(status.failure.message.split("\n", 1)[0] ?? "")
  if (state.failedErrors > 0) notes.push(`${formatQuantity(state.failedErrors, "check")} failed`)
  if (state.overdue !== undefined) notes.push(`late ${formatDuration(nowMs - state.overdue.dueMs)}`)
  if (state.failedWarnings > 0) notes.push(formatQuantity(state.failedWarnings, "warning"))
  const bad = state.failedErrors > 0 || state.overdue !== undefined || status?.kind === "failed"
  const tone: Tone = bad ? "bad" : "stale"
  return { text: notes.join(", "), tone }
}

/** The whole in one sentence: `22 of 25 assets are up to date; 2 stale, 1 never made.` */
export function formatStatusSummary(states: readonly AssetState[]): string {
  const assetStates = states.filter(({ status }) => status !== undefined)
  const countStatus = (kind: string) =>
    assetStates.filter(({ status }) => status?.kind === kind).length
  const fresh = countStatus("fresh")
  const overdueCount = assetStates.filter(({ overdue }) => overdue !== undefined).length
  const failedCheckCount = assetStates.filter(({ failedErrors }) => failedErrors > 0).length
  const openCounts = [
    [countStatus("failed"), "failed"],
    [countStatus("stale"), "stale"],
    [countStatus("missing"), "never made"],
    [failedCheckCount, "refused by checks"],
    [overdueCount, "late"],
  ] as const
  const openTexts = openCounts
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${formatCount(many)} ${word}`)
  const tail = openTexts.length === 0 ? "" : `; ${openTexts.join(", ")}`
  if (states.length === 0) return "No asset is selected."
  if (assetStates.length === 0) return "Only sources are selected: they are what has landed."
  return fresh === assetStates.length
    ? `${assetStates.length === 1 ? "The asset is" : `All ${formatCount(assetStates.length)} assets are`} up to date${tail}.`
    : `${formatFreshFraction(fresh, assetStates.length)} up to date${tail}.`
}

function formatFreshFraction(fresh: number, all: number): string {
  if (all === 1) return "The asset is not"
  return `${fresh === 0 ? "None" : formatCount(fresh)} of ${formatQuantity(all, "asset")} ${fresh === 1 ? "is" : "are"}`
}

/** What readers of Postgres see. */
export function formatPublications(
  publications: Iterable<Publication>,
  nowMs: number,
): readonly string[] {
  return [...publications].map(
    ({ set, partitionKey, atMs }) =>
      `Published: ${formatSetPartition(set, partitionKey)}, ${formatAge(atMs, nowMs)}.`,
  )
}

/** What there is to do where nothing has landed yet. */
export function formatEmptyLanding(landing: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return []
  return [
    `Nothing has landed yet. Files are expected in ${landing}:`,
    ...paths.map((path) => `  ${path}`),
    "`freshet demo-data` makes some up; `freshet demo` shows the whole way once, apart from your data.",
  ]
}
