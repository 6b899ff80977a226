import { formatCount, formatQuantity, groupBy } from "@freshet/core/engine"
import type { ProvenanceDocument } from "@freshet/services"

import { paint, type TerminalStyle } from "../terminal/terminal-style.ts"
import { formatTable } from "./table.ts"

type Row = ProvenanceDocument["row"]

/** Formats the lines that made a row: the row, the rows of the assets between as a tree, and the lines file by file. */
export function formatProvenance(
  document: ProvenanceDocument,
  style: TerminalStyle,
): readonly string[] {
  const { asset, partition, row } = document
  return [
    `${paint(style, "strong", `${asset} ${partition}`)}  ${formatRow(row)}`,
    ...formatSteps(document, style),
    ...formatLines(document, style),
    "",
    formatConclusion(document),
    ...document.stops.map(formatStop),
  ]
}

function formatRow(row: Row): string {
  return Object.entries(row)
    .map(([column, value]) => `${column} ${formatValue(value)}`)
    .join(", ")
}

function formatValue(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "null")
}

function formatSteps({ steps }: ProvenanceDocument, style: TerminalStyle): readonly string[] {
  const [tee, corner, bar] = style.unicode ? ["├─ ", "└─ ", "│  "] : ["|- ", "`- ", "|  "]
  return steps.flatMap(({ asset, partition, rows, count }, at) => {
    const isLast = at === steps.length - 1
    const indent = isLast ? "   " : bar
    const more = count > rows.length ? [`and ${formatCount(count - rows.length)} more`] : []
    const title = `${asset} ${partition} ${paint(style, "faint", `(${formatQuantity(count, "row")})`)}`
    return [
      `${isLast ? corner : tee}${title}`,
      ...[...rows.map(formatRow), ...more].map((text) => cut(`${indent}   ${text}`, style)),
    ]
  })
}

function cut(text: string, { columns }: TerminalStyle): string {
  return columns === undefined ? text : text.slice(0, columns)
}

function formatLines(
  { lines, line_count: count }: ProvenanceDocument,
  style: TerminalStyle,
): readonly string[] {
  const columns = [
    { header: "" },
    { header: "line", align: "right" },
    { header: "text", shrinks: true },
  ] as const
  const sections = [...groupBy(lines, ({ file }) => file)].flatMap(([file, fileLines]) => [
    "",
    paint(style, "strong", file),
    ...formatTable(
      columns,
      fileLines.map(({ line, text, decisive }) => [decisive ? "*" : "", String(line), text]),
      style,
    ),
  ])
  const more =
    count > lines.length
      ? [`${formatCount(lines.length)} of ${formatCount(count)} lines shown; --limit shows more.`]
      : []
  return [...sections, ...more]
}

const outcomes: Readonly<Record<ProvenanceDocument["without_lines"], string>> = {
  removed: "the row is gone",
  changed: "the row changes",
  unchanged: "the row stays the same",
}

function formatConclusion({
  line_count: count,
  lines,
  tested_lines: tested,
  without_lines: outcome,
  stops,
}: ProvenanceDocument): string {
  if (count === 0 && stops.length > 0)
    return `The landed lines that made the row are not known; ${formatQuantity(tested, "line")} tested.`
  if (count === 0) return `No landed line made the row; ${formatQuantity(tested, "line")} tested.`
  const hasDecisive = lines.some(({ decisive }) => decisive)
  const alone = hasDecisive ? " A line with * changes the row alone." : ""
  const linesText = count === 1 ? "the line" : `the ${formatQuantity(count, "line")}`
  return `Without ${linesText} ${outcomes[outcome]}.${alone} ${formatQuantity(tested, "line")} tested.`
}

const reasons: Readonly<Record<ProvenanceDocument["stops"][number]["reason"], string>> = {
  code: "its rows are computed by TypeScript, so their lines are not known",
  too_many_rows: "its query needs more rows than are computed again, so their lines are not known",
  too_many_lines: "more of its lines can matter than are tested",
  too_many_partitions: "more partitions are upstream than are read, so their lines are not known",
  not_reproduced: "its query gives other rows than the recorded ones, so the lines are not certain",
}

function formatStop({ asset, partition, reason }: ProvenanceDocument["stops"][number]): string {
  return `${asset} ${partition}: ${reasons[reason]}.`
}
