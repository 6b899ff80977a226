import { formatBytes, formatCount, formatQuantity } from "@freshet/core/engine"
import type { GarbageReport } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { formatTable } from "./table.ts"

/** What went of one asset, or of one kind of leftovers. */
export interface CollectedRow {
  readonly name: string
  readonly materializations: number
  readonly files: number
  readonly bytes: number
}

/** What went, by asset; then what is no asset's. */
export function summarizeCollection(collection: GarbageReport): readonly CollectedRow[] {
  const rows = new Map<string, CollectedRow>()
  const addCounts = (name: string, counts: Omit<CollectedRow, "name">) => {
    const row = rows.get(name)
    rows.set(name, {
      name,
      materializations: (row?.materializations ?? 0) + counts.materializations,
      files: (row?.files ?? 0) + counts.files,
      bytes: (row?.bytes ?? 0) + counts.bytes,
    })
  }
  for (const { asset } of collection.materializations)
    addCounts(asset, { materializations: 1, files: 0, bytes: 0 })
  for (const { kind, owner, bytes } of collection.files)
    addCounts(formatOwner[kind](owner), { materializations: 0, files: 1, bytes })
  const assets = [...rows.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const leftovers = [
    { name: "temporary files", ...collection.temporaryFiles },
    { name: "spilled by killed commands", ...collection.spillFiles },
  ]
  return [
    ...assets,
    ...leftovers.flatMap((leftover) =>
      leftover.files === 0 ? [] : [{ ...leftover, materializations: 0 }],
    ),
  ]
}

const formatOwner = {
  rows: (owner: string) => owner,
  failed_rows: (owner: string) => `${owner}, refused rows`,
  quarantine: (owner: string) => `${owner}, quarantined lines`,
} as const

/** What went, or what would go, and how much space that is. */
export function formatCollection(
  collection: GarbageReport,
  isDryRun: boolean,
  style: TerminalStyle,
): readonly string[] {
  const rows = summarizeCollection(collection)
  const { unknownCount } = collection
  const note =
    unknownCount === 0
      ? []
      : [`${formatQuantity(unknownCount, "file")} in the lake that no step wrote: left alone.`]
  if (rows.length === 0) return ["Nothing to clear away.", ...note]
  const tableRows = rows.map(({ name, materializations, files, bytes }) => [
    name,
    materializations === 0 ? "" : formatCount(materializations),
    formatCount(files),
    formatBytes(bytes),
  ])
  const columns = [
    { header: isDryRun ? "would go" : "gone", shrinks: true },
    { header: "materializations", align: "right" } as const,
    { header: "files", align: "right" } as const,
    { header: "space", align: "right" } as const,
  ]
  return [...formatTable(columns, tableRows, style), formatTotals(rows, isDryRun), ...note]
}

function formatTotals(rows: readonly CollectedRow[], isDryRun: boolean): string {
  const sum = (getValue: (row: CollectedRow) => number) =>
    rows.reduce((all, row) => all + getValue(row), 0)
  const materializations = formatQuantity(
    sum((row) => row.materializations),
    "materialization",
  )
  const files = formatQuantity(
    sum((row) => row.files),
    "file",
  )
  const space = formatBytes(sum((row) => row.bytes))
  return isDryRun
    ? `${materializations} would be forgotten and ${files} removed, ${space}.`
    : `${materializations} forgotten and ${files} removed, ${space}.`
}
