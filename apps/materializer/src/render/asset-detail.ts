import { formatAge, formatBytes, formatInstant, formatQuantity } from "@freshet/core/engine"
import type { AssetDetailDocument } from "@freshet/services"

import { type TerminalStyle, paint, getSign, stateTones } from "../terminal/terminal-style.ts"
import { formatDataDictionary } from "./data-dictionary.ts"
import { formatFailedRowCount } from "./failed-checks.ts"
import { formatFigures, formatPeriod } from "./report.ts"
import { formatAssetStatus, formatOverdue, formatPartitionCounts } from "./status.ts"
import { type Cell, formatTable } from "./table.ts"

/** Formats an asset: data dictionary, lineage, checks, state and query. */
export function formatAssetDetail(
  detail: AssetDetailDocument,
  style: TerminalStyle,
): readonly string[] {
  const { name, description, owners, tags, columns } = detail
  const sectionStyle = narrowStyle(style)
  return [
    `${paint(style, "strong", name)}  ${paint(style, "faint", describeKind(detail))}`,
    ...(detail.title === null ? [] : [detail.title]),
    description,
    ...(owners.length > 0 ? [`owners: ${owners.join(", ")}`] : []),
    ...(tags.length > 0 ? [`tags: ${tags.join(", ")}`] : []),
    ...formatSection("Report", formatReportRows(detail, sectionStyle), style),
    ...formatSection("Columns", formatDataDictionary(columns, sectionStyle), style),
    ...formatSection("Reads", formatReads(detail), style),
    ...formatSection("Read by", detail.read_by, style),
    ...formatSection("Checks", formatChecks(detail, sectionStyle), style),
    ...formatSection("State", formatState(detail, style), style),
    ...formatSection("Query", formatQueries(detail), style),
  ]
}

function formatReportRows(
  { report, report_rows: rows }: AssetDetailDocument,
  style: TerminalStyle,
): readonly string[] {
  return report === null ? [] : [...formatPeriod(report), ...formatFigures(report, rows, style)]
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

function describeKind({ kind, group, partitioning }: AssetDetailDocument): string {
  return `${kind === "source" ? kind : `${kind} asset`} of ${group}, ${partitioning}`
}

function narrowStyle(style: TerminalStyle): TerminalStyle {
  return style.columns === undefined ? style : { ...style, columns: style.columns - 2 }
}

function formatReads({ name, path, reads }: AssetDetailDocument): readonly string[] {
  if (path !== null) return [`files ${path} of the landing zone`]
  return reads.map(({ asset, window }) => {
    const text = asset === name ? `${asset} itself` : asset
    return window === "same" ? text : `${text} (${window})`
  })
}

/** Formats each check with its requirement and its latest result. */
function formatChecks(
  { declared_checks: declaredChecks, check_results: results }: AssetDetailDocument,
  style: TerminalStyle,
): readonly string[] {
  const rows = declaredChecks.map((check) =>
    toCheckRow(
      check,
      results.find(({ name }) => name === check.name),
      style,
    ),
  )
  const declaredNames = new Set(declaredChecks.map(({ name }) => name))
  const impliedFailures = results.filter(({ name, passed }) => !passed && !declaredNames.has(name))
  const impliedRows = impliedFailures.map((result) =>
    toCheckRow({ ...result, description: "" }, result, style),
  )
  const columns = [{ header: "" }, { header: "" }, { header: "", shrinks: true }, { header: "" }]
  return formatTable(columns, [...rows, ...impliedRows], style).slice(1)
}

function toCheckRow(
  { name, severity, description }: AssetDetailDocument["declared_checks"][number],
  result: AssetDetailDocument["check_results"][number] | undefined,
  style: TerminalStyle,
): readonly Cell[] {
  const requirement = severity === "error" ? description : `${description} (warns only)`
  if (result === undefined) return ["", name, requirement, ""]
  if (result.passed)
    return [
      { text: getSign(style, "made"), tone: "good" },
      name,
      requirement,
      { text: "passed", tone: "good" },
    ]
  const tone = severity === "error" ? "bad" : "stale"
  const failureText = formatFailedRowCount(result)
  return [{ text: getSign(style, "failed"), tone }, name, requirement, { text: failureText, tone }]
}

function formatState(detail: AssetDetailDocument, style: TerminalStyle): readonly string[] {
  const { status, overdue } = detail
  const counts = formatPartitionCounts(detail)
  return [
    `${paint(style, stateTones[status], getSign(style, status))} ${formatAssetStatus(detail)}${formatPartition(detail)}`,
    ...(counts === "" ? [] : [`partitions: ${counts}`]),
    ...formatMaterialization(detail),
    ...(overdue === null ? [] : [`${overdue.partition} ${formatOverdue(overdue)}`]),
    ...formatPublication(detail),
  ]
}

function formatPartition({
  partition,
  partition_noun: noun,
  is_newest: isNewest,
}: AssetDetailDocument): string {
  if (partition === null || noun === null) return ""
  return isNewest && noun !== "key" ? `, newest ${partition}` : `, ${noun} ${partition}`
}

function formatMaterialization(detail: AssetDetailDocument): readonly string[] {
  const { materialized_at: materializedAt, versions, rows, bytes, now } = detail
  if (materializedAt === null || versions === null) return []
  const materializedMs = Date.parse(materializedAt)
  const size = `${formatQuantity(rows ?? 0, "row")}, ${formatBytes(bytes ?? 0)}`
  const { code_version: code, input_version: input, data_version: data } = versions
  return [
    `materialized ${formatAge(materializedMs, Date.parse(now))} (${formatInstant(materializedMs)}): ${size}`,
    `code version ${shortenVersion(code)}, input version ${shortenVersion(input)}, data version ${shortenVersion(data)}`,
  ]
}

/** Takes the first letters of a version, which distinguish it from others. */
function shortenVersion(version: string): string {
  return version.slice(0, 12)
}

function formatPublication({ published }: AssetDetailDocument): readonly string[] {
  if (published === null) return []
  const { set, partition } = published
  const text = partition === null ? "not published yet" : `contains ${partition}`
  return [`publication set ${set}: ${text}`]
}

function formatQueries({ queries }: AssetDetailDocument): readonly string[] {
  return queries.flatMap((query, index) => [...(index > 0 ? [""] : []), ...removeIndent(query)])
}

function removeIndent(text: string): readonly string[] {
  const lines = text.split("\n")
  const laterLines = lines.slice(1).filter((line) => line.trim() !== "")
  const margin = Math.min(...laterLines.map((line) => line.length - line.trimStart().length))
  return lines.map((line, index) => (index === 0 ? line : line.slice(margin).trimEnd()))
}
