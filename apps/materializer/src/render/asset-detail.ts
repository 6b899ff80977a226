import type { AnyAsset, Check, Columns } from "@freshet/core"
import {
  type CheckResult,
  formatAge,
  formatBytes,
  formatInstant,
  formatQuantity,
  formatRead,
  type Graph,
  renderSql,
} from "@freshet/core/engine"
import type { AssetDetail } from "@freshet/services"

import { type TerminalStyle, paint, getSign, stateTones } from "../terminal/terminal-style.ts"
import { formatFailedRowCount } from "./check-failure-lines.ts"
import { describeGranularity } from "./granularity.ts"
import { formatFigures, formatPeriod } from "./report.ts"
import { formatPartitionCounts, formatAssetStatus } from "./status.ts"
import { type Cell, type TableColumn, formatTable } from "./table.ts"

/** Everything declared and known of an asset: the data dictionary, its lineage, checks, state and query. */
export function formatAssetDetail(
  graph: Graph,
  detail: AssetDetail,
  nowMs: number,
  style: TerminalStyle,
): readonly string[] {
  const { asset } = detail
  return [
    `${paint(style, "strong", asset.name)}  ${paint(style, "faint", describeKind(asset))}`,
    ...(asset.kind === "asset" && asset.report !== undefined ? [asset.report.title] : []),
    asset.description,
    ...(asset.owners.length > 0 ? [`owners: ${asset.owners.join(", ")}`] : []),
    ...(asset.tags.length > 0 ? [`tags: ${asset.tags.join(", ")}`] : []),
    ...formatSection("Answer", formatReportRows(detail, narrowStyle(style)), style),
    ...formatSection("Columns", formatDataDictionary(asset.columns, narrowStyle(style)), style),
    ...formatSection("Reads", formatReads(asset), style),
    ...formatSection("Read by", graph.downstream.get(asset.name) ?? [], style),
    ...formatSection("Checks", formatChecks(detail, narrowStyle(style)), style),
    ...formatSection("State", formatState(graph, detail, nowMs, style), style),
    ...formatSection("Query", formatQueries(asset), style),
  ]
}

function formatReportRows({ reportRows }: AssetDetail, style: TerminalStyle): readonly string[] {
  return reportRows === undefined
    ? []
    : [...formatPeriod(reportRows), ...formatFigures(reportRows, style)]
}

function formatSection(
  title: string,
  lines: readonly string[],
  style: TerminalStyle,
): readonly string[] {
  if (lines.length === 0) return []
  return [
    "",
    paint(style, "strong", title),
    ...lines.map((line) => (line === "" ? "" : `  ${line}`)),
  ]
}

function describeKind(asset: AnyAsset): string {
  const kind = asset.kind === "source" ? "source" : `${asset.computation.kind} asset`
  return `${kind} of ${asset.group}, ${describeGranularity(asset.partitions)}`
}

const dictionaryColumns: readonly TableColumn[] = [
  { header: "name" },
  { header: "type" },
  { header: "unit", drop: 1 },
  { header: "description", shrinks: true },
]

/** The data dictionary: each column with its type, its unit and what it means. */
export function formatDataDictionary(columns: Columns, style: TerminalStyle): readonly string[] {
  const rows = Object.entries(columns).map(([name, column]) => [
    name,
    column.nullable ? `${column.type} or null` : column.type,
    column.unit ?? "",
    column.description ?? "",
  ])
  return formatTable(dictionaryColumns, rows, style)
}

function narrowStyle(style: TerminalStyle): TerminalStyle {
  return style.columns === undefined ? style : { ...style, columns: style.columns - 2 }
}

function formatReads(asset: AnyAsset): readonly string[] {
  if (asset.kind === "source") return [`files ${asset.path} of the landing zone`]
  return asset.computation.reads.map((read) =>
    formatRead(read.asset?.name ?? `${asset.name} itself`, read.window),
  )
}

/** Each check with what it demands, and what it said last of the newest partition. */
function formatChecks(
  { asset, checkResults }: AssetDetail,
  style: TerminalStyle,
): readonly string[] {
  if (asset.kind === "source") return []
  const rows = asset.checks.map((check) =>
    toCheckRow(
      check,
      checkResults.find(({ name }) => name === check.name),
      style,
    ),
  )
  const declared = new Set(asset.checks.map(({ name }) => name))
  const implied = checkResults.filter(({ name, passed }) => !passed && !declared.has(name))
  const other = implied.map((result) => toCheckRow({ ...result, description: "" }, result, style))
  const columns = [{ header: "" }, { header: "" }, { header: "", shrinks: true }, { header: "" }]
  return formatTable(columns, [...rows, ...other], style).slice(1)
}

function toCheckRow(
  { name, severity, description }: Pick<Check, "name" | "severity" | "description">,
  result: CheckResult | undefined,
  style: TerminalStyle,
): readonly Cell[] {
  const tone = severity === "error" ? "bad" : "stale"
  const requirement = severity === "error" ? description : `${description} (warns only)`
  if (result === undefined) return ["", name, requirement, ""]
  return result.passed
    ? [
        { text: getSign(style, "made"), tone: "good" },
        name,
        requirement,
        { text: "passed", tone: "good" },
      ]
    : [
        { text: getSign(style, "failed"), tone },
        name,
        requirement,
        { text: formatFailedRowCount(result), tone },
      ]
}

function formatState(
  graph: Graph,
  { asset, state, key, record, publication }: AssetDetail,
  nowMs: number,
  style: TerminalStyle,
): readonly string[] {
  const stateName = state.status?.kind ?? "source"
  const words = `${paint(style, stateTones[stateName], getSign(style, stateName))} ${formatAssetStatus(graph, state)}`
  const partitions = formatPartitionCounts(state)
  return [
    `${words}${formatPartition(state, key)}`,
    ...(partitions === "" ? [] : [`partitions: ${partitions}`]),
    ...(record === undefined
      ? []
      : [
          `made ${formatAge(record.atMs, nowMs)} (${formatInstant(record.atMs)}): ${formatQuantity(record.rows, "row")}, ${formatBytes(record.bytes)}`,
          `code version ${shortenVersion(record.codeVersion)}, input version ${shortenVersion(record.inputVersion)}, data version ${shortenVersion(record.dataVersion)}`,
        ]),
    ...(state.overdue === undefined
      ? []
      : [`late: ${state.overdue.partitionKey} was due ${formatInstant(state.overdue.dueMs)}`]),
    ...formatPublication(asset, publication),
  ]
}

/** Of which partition the state is told. */
function formatPartition(
  { newest, partitioned, noun }: AssetDetail["state"],
  key?: string,
): string {
  const partition = key ?? newest
  if (partition === undefined || !partitioned) return ""
  return key === undefined && noun !== "key" ? `, newest ${partition}` : `, ${noun} ${partition}`
}

function formatPublication(
  asset: AnyAsset,
  publication: AssetDetail["publication"],
): readonly string[] {
  if (asset.kind === "source" || asset.publish === undefined) return []
  const publicationText =
    publication === undefined ? "not published yet" : `shows ${publication.partitionKey}`
  return [`published in the set ${asset.publish.set}: ${publicationText}`]
}

/** The first letters of a version: enough to tell versions apart. */
function shortenVersion(version: string): string {
  return version.slice(0, 12)
}

/** What stands in a shown query where a partition's own facts will stand. */
const placeholderPartition = { key: "KEY", day: "YYYY-MM-DD", start: "START", end: "END" }

function formatQueries(asset: AnyAsset): readonly string[] {
  if (asset.kind === "source" || asset.computation.kind === "code") return []
  const { shared, outputs } = asset.computation
  const outputQuery = outputs.find((output) => output.asset === asset.name)?.query
  const queries = [shared, outputQuery].filter((query) => query !== undefined)
  return queries.flatMap((query, index) => [
    ...(index > 0 ? [""] : []),
    ...removeIndent(renderSql(query, placeholderPartition)),
  ])
}

function removeIndent(text: string): readonly string[] {
  const lines = text.split("\n")
  const laterLines = lines.slice(1).filter((line) => line.trim() !== "")
  const margin = Math.min(...laterLines.map((line) => line.length - line.trimStart().length))
  return lines.map((line, index) => (index === 0 ? line : line.slice(margin).trimEnd()))
}
