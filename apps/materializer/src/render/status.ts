import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  formatQuantity,
  groupBy,
} from "@freshet/core/engine"
import type { AssetStateDocument, StatusDocument } from "@freshet/services"

import {
  type TerminalStyle,
  type Tone,
  paint,
  getSign,
  stateTones,
} from "../terminal/terminal-style.ts"
import { formatOrphaned } from "./orphaned.ts"
import { formatSetPartition } from "./set-partition.ts"
import { type Cell, type TableColumn, formatTable } from "./table.ts"
import { formatWaitingSet } from "./waiting-set.ts"

/** The whole page of `freshet status`: a table, a summary and the next steps. */
export function formatStatus(document: StatusDocument, style: TerminalStyle): readonly string[] {
  const table = formatStateTable(document, style)
  const sentences = [formatStatusSummary(document.summary), ...formatPublications(document)]
  return [
    ...table,
    ...(table.length > 0 ? [""] : []),
    sentences.join(" "),
    ...formatOverdueAssets(document),
    ...formatDueSoon(document),
    ...document.waiting_sets.flatMap(formatWaitingSet),
    ...formatOrphanedList(document),
    ...formatNextSteps(document),
  ]
}

const columns: readonly TableColumn[] = [
  { header: "" },
  { header: "asset" },
  { header: "status", shrinks: true },
  { header: "newest", drop: 6 },
  { header: "partitions", drop: 4 },
  { header: "rows", align: "right", drop: 3 },
  { header: "materialized", drop: 2 },
  { header: "notes", drop: 5, shrinks: true },
]

/** One line an asset, under a heading for each group. */
function formatStateTable(
  { assets, now }: StatusDocument,
  style: TerminalStyle,
): readonly string[] {
  const nowMs = Date.parse(now)
  const rows = assets.map((asset) => toRow(asset, nowMs, style))
  const lines = formatTable(columns, rows, style)
  const groups = [...new Set(assets.map(({ group }) => group))]
  if (groups.length < 2) return lines
  const [header = "", ...body] = lines
  return groups.flatMap((group, index) => [
    ...(index === 0 ? [header] : [""]),
    paint(style, "strong", group),
    ...body.filter((_, line) => assets[line]?.group === group),
  ])
}

function toRow(asset: AssetStateDocument, nowMs: number, style: TerminalStyle): readonly Cell[] {
  const { status, materialized_at: materializedAt } = asset
  const tone = stateTones[status]
  return [
    { text: getSign(style, status), tone },
    asset.name,
    { text: formatAssetStatus(asset), tone },
    asset.newest_partition ?? "",
    formatPartitionCounts(asset),
    asset.rows === null ? formatSize(asset) : formatCount(asset.rows),
    materializedAt === null ? "" : formatAge(Date.parse(materializedAt), nowMs),
    toNoteCell(asset, nowMs),
  ]
}

function formatSize({ bytes }: AssetStateDocument): string {
  return bytes === null ? "" : formatBytes(bytes)
}

/** Formats the state of an asset with its main cause: `stale: items 2026-01-03`. */
export function formatAssetStatus(asset: AssetStateDocument): string {
  const { status, blocker, failure, main_cause: mainCause } = asset
  if (status === "source") return mainCause
  if (asset.newest_partition === null && blocker === null) return "no input yet"
  if (status === "failed" && blocker === null && failure !== null) return formatFailure(failure)
  if (blocker !== null) return mainCause
  return status === "stale" ? `stale: ${mainCause}` : status
}

/** The message of a failure is in the notes. */
function formatFailure({ outcome, checks }: NonNullable<AssetStateDocument["failure"]>): string {
  if (outcome === "failed" || checks.length === 0) return "failed"
  return checks.length === 1
    ? `failed check ${checks.join()}`
    : `failed ${formatQuantity(checks.length, "check")}`
}

/** Counts the partitions, and those that are not fresh: `3 of 10 days stale`. */
export function formatPartitionCounts({
  partitions,
  partition_noun: noun,
}: AssetStateDocument): string {
  if (noun === null || partitions.total === 0) return ""
  const kinds = ["failed", "stale", "missing"] as const
  const counts = kinds
    .filter((kind) => partitions[kind] > 0)
    .map((kind) => `${formatCount(partitions[kind])} ${kind}`)
    .join(", ")
  const total = formatQuantity(partitions.total, noun)
  return counts === "" ? total : counts.replace(" ", ` of ${total} `)
}

function toNoteCell(asset: AssetStateDocument, nowMs: number): Cell {
  const { failure, overdue, checks, status } = asset
  const notes = [
    ...(failure === null ? [] : [failure.message.split("\n", 1)[0] ?? ""]),
    ...(checks.failed_errors > 0
      ? [`${formatQuantity(checks.failed_errors, "check")} failed`]
      : []),
    ...(overdue === null ? [] : [`overdue ${formatDuration(nowMs - Date.parse(overdue.due_at))}`]),
    ...(asset.due_soon === null ? [] : ["due soon"]),
    ...(checks.failed_warnings > 0 ? [formatQuantity(checks.failed_warnings, "warning")] : []),
  ]
  const isBad = checks.failed_errors > 0 || overdue !== null || status === "failed"
  const tone: Tone = isBad ? "bad" : "stale"
  return { text: notes.join(", "), tone }
}

/** Sums up the states in one sentence: `22 of 25 assets are up to date; 2 stale, 1 missing.` */
export function formatStatusSummary(summary: StatusDocument["summary"]): string {
  const { assets, sources, fresh } = summary
  if (assets === 0)
    return sources === 0 ? "No asset is selected." : "The selection has sources only."
  const counts = [
    [summary.failed, "failed"],
    [summary.stale, "stale"],
    [summary.missing, "missing"],
    [summary.blocked, "blocked"],
    [summary.failed_checks, "with failed checks"],
    [summary.overdue, "overdue"],
    [summary.due_soon, "due soon"],
  ] as const
  const countTexts = counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
  const tail = countTexts.length === 0 ? "" : `; ${countTexts.join(", ")}`
  return `${formatFreshFraction(fresh, assets)} up to date${tail}.`
}

function formatFreshFraction(fresh: number, all: number): string {
  if (all === 1) return fresh === 1 ? "The asset is" : "The asset is not"
  if (fresh === all) return `All ${formatCount(all)} assets are`
  return `${fresh === 0 ? "None" : formatCount(fresh)} of ${formatQuantity(all, "asset")} ${fresh === 1 ? "is" : "are"}`
}

function formatPublications({ publications, now }: StatusDocument): readonly string[] {
  return publications.map(
    ({ set, partition, published_at: publishedAt }) =>
      `Published: ${formatSetPartition(set, partition)}, ${formatAge(Date.parse(publishedAt), Date.parse(now))}.`,
  )
}

/** The number of overdue assets that are named for one cause. */
const maxNamedAssets = 5

/** Formats overdue assets, one sentence for each root cause: `items 2026-01-05 overdue since …: orders/2026-01-05.json (orders) has not landed.` */
function formatOverdueAssets({ assets }: StatusDocument): readonly string[] {
  const overdueAssets = assets.flatMap(({ name, overdue }) =>
    overdue === null ? [] : [{ name, ...overdue }],
  )
  return [...groupBy(overdueAssets, formatOverdue)].map(([text, group]) => {
    const names = group
      .slice(0, maxNamedAssets)
      .map(({ name, partition }) => formatSetPartition(name, partition))
    const more = group.length > names.length ? ` and ${group.length - names.length} more` : ""
    return `${names.join(", ")}${more} ${text}`
  })
}

/** Formats a deadline that has passed: `overdue since 2026-01-06T07:00:00Z: items 2026-01-05 failed: …` */
export function formatOverdue({
  due_at: dueAt,
  reason,
}: NonNullable<AssetStateDocument["overdue"]>): string {
  return `overdue since ${formatInstant(Date.parse(dueAt))}: ${reason}.`
}

function formatDueSoon({ assets }: StatusDocument): readonly string[] {
  return assets.flatMap(({ name, due_soon: dueSoon }) => {
    if (dueSoon === null) return []
    const { partition, due_at: dueAt, expected_at: expectedAt } = dueSoon
    const [dueText, expectedText] = [dueAt, expectedAt].map((at) => formatInstant(Date.parse(at)))
    return [
      `${formatSetPartition(name, partition)} due soon: the deadline is ${dueText}, the expected end ${expectedText}.`,
    ]
  })
}

function formatOrphanedList({ orphaned }: StatusDocument): readonly string[] {
  if (orphaned.length === 0) return []
  return [
    "Orphaned, because no declaration mentions it:",
    ...orphaned.map((remains) => `  ${formatOrphaned(remains)}`),
    "`freshet wipe NAME --all` removes records; `freshet gc --unpublish` drops tables.",
  ]
}

function formatNextSteps({ landing, summary, first_failed }: StatusDocument): readonly string[] {
  if (landing.is_empty) return formatEmptyLanding(landing)
  return [
    ...(first_failed === null ? [] : [`\`freshet why ${first_failed}\` explains the failure.`]),
    ...(summary.stale + summary.missing > summary.blocked
      ? [
          `\`freshet materialize\` brings everything ${summary.blocked > 0 ? "that is not blocked " : ""}up to date.`,
        ]
      : []),
  ]
}

function formatEmptyLanding({
  folder,
  expected_paths: paths,
}: StatusDocument["landing"]): readonly string[] {
  if (paths.length === 0) return []
  return [
    `No file has landed yet. Files are expected in ${folder}:`,
    ...paths.map((path) => `  ${path}`),
    "`freshet demo-data` generates sample files; `freshet demo` runs a complete example apart from your data.",
  ]
}
