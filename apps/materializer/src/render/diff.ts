import { formatCount, formatInstant, formatQuantity } from "@freshet/core/engine"
import type { DiffDocument, DiffRowDocument, DiffSideDocument } from "@freshet/services"

import type { TerminalStyle, Tone } from "../terminal/terminal-style.ts"
import { type Cell, formatTable } from "./table.ts"

/** Formats the difference of two sides: counts, columns, and rows by key. */
export function formatDiff(document: DiffDocument, style: TerminalStyle): readonly string[] {
  const { asset, from, to, added, removed, changed, unchanged } = document
  const counts = [
    `${formatCount(added)} added`,
    `${formatCount(removed)} removed`,
    `${formatCount(changed)} changed`,
    `${formatCount(unchanged)} unchanged`,
  ]
  return [
    `${asset}: ${formatSide(from)} → ${formatSide(to)}`,
    counts.join(", "),
    ...formatColumns(document, style),
    ...formatDifferentRows(document, style),
  ]
}

function formatSide({ partition, version, materialized_at: at, rows }: DiffSideDocument): string {
  const versionText =
    version === null || at === null ? "" : ` (version ${version}, ${formatInstant(Date.parse(at))})`
  return `${partition}${versionText}, ${formatQuantity(rows, "row")}`
}

function formatColumns({ columns }: DiffDocument, style: TerminalStyle): readonly string[] {
  const rows = columns.flatMap(({ name, state, changed }): readonly (readonly Cell[])[] => {
    if (state === "missing_from") return [[name, "only on the later side"]]
    if (state === "missing_to") return [[name, "only on the earlier side"]]
    return changed === 0 ? [] : [[name, formatQuantity(changed, "row")]]
  })
  if (rows.length === 0) return []
  return ["", ...formatTable([{ header: "column" }, { header: "changed" }], rows, style)]
}

const tones: Readonly<Record<DiffRowDocument["kind"], readonly [string, Tone]>> = {
  added: ["+", "good"],
  removed: ["-", "bad"],
  changed: ["~", "stale"],
}

function formatDifferentRows(
  { rows, key, more }: DiffDocument,
  style: TerminalStyle,
): readonly string[] {
  if (rows.length === 0) return []
  const cells = rows.map((row): readonly Cell[] => {
    const [text, tone] = tones[row.kind]
    return [{ text, tone }, ...key.map((name) => formatValue(row.key[name])), formatChanges(row)]
  })
  const columns = [
    { header: "" },
    ...key.map((header) => ({ header })),
    { header: "values", shrinks: true },
  ]
  const note = more ? [`${formatQuantity(rows.length, "row")} shown; --limit shows more.`] : []
  return ["", ...formatTable(columns, cells, style), ...note]
}

function formatChanges({ kind, columns, from, to }: DiffRowDocument): string {
  if (kind === "changed")
    return columns
      .map((name) => `${name}: ${formatValue(from?.[name])} → ${formatValue(to?.[name])}`)
      .join(", ")
  return Object.entries(to ?? from ?? {})
    .map(([name, value]) => `${name}: ${formatValue(value)}`)
    .join(", ")
}

function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "null"
  return typeof value === "string" ? value : JSON.stringify(value)
}
