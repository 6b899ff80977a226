import { formatBytes, formatCount, formatQuantity } from "@freshet/core/engine"
import type { GarbageDocument, GarbageRowDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { formatTable } from "./table.ts"

/** Formats collected garbage, or a preview of it: a table row for each asset and kind, and the totals. */
export function formatGarbage(document: GarbageDocument, style: TerminalStyle): readonly string[] {
  const { dry_run: isDryRun, removed, unknown_files: unknownCount } = document
  const note =
    unknownCount === 0
      ? []
      : [
          `${formatQuantity(unknownCount, "unknown file")} in the lake, written by no step: skipped.`,
        ]
  const tables = document.unpublished.map(
    ({ table, asset, rows: count }) =>
      `Table ${table} of ${asset} ${isDryRun ? "would be dropped" : "dropped"}: ${formatQuantity(count, "row")}.`,
  )
  const records = formatExpiredRecords(document)
  if (removed.length === 0) {
    const isEmpty = tables.length + records.length === 0
    return [...tables, ...records, ...(isEmpty ? ["No garbage to delete."] : []), ...note]
  }
  const rows = removed.map((row) => [
    formatName(row),
    row.materializations === 0 ? "" : formatCount(row.materializations),
    formatCount(row.files),
    formatBytes(row.bytes),
  ])
  const columns = [
    { header: isDryRun ? "would be deleted" : "deleted", shrinks: true },
    { header: "materializations", align: "right" } as const,
    { header: "files", align: "right" } as const,
    { header: "size", align: "right" } as const,
  ]
  return [
    ...formatTable(columns, rows, style),
    formatTotals(document),
    ...tables,
    ...records,
    ...note,
  ]
}

const kindTexts: Readonly<Record<GarbageRowDocument["kind"], string>> = {
  rows: "",
  failed_rows: "failed rows",
  quarantine: "quarantined lines",
  landed: "copies of landed files",
  temporary: "temporary files",
  spill: "spilled by killed commands",
}

function formatName({ kind, asset }: GarbageRowDocument): string {
  return [asset ?? "", kindTexts[kind]].filter((part) => part !== "").join(", ")
}

type ExpiredRecords = GarbageDocument["expired_records"]

const recordNames: Readonly<Record<ExpiredRecords[number]["kind"], string>> = {
  log_lines: "line of logs",
  attempts: "failed attempt",
  publications: "publication",
  ticks: "tick",
  requests: "request",
  arrivals: "arrival",
  alerts: "alert",
  workers: "worker",
  steps: "step",
  runs: "run",
}

function formatExpiredRecords({
  dry_run: isDryRun,
  expired_records: records,
}: GarbageDocument): readonly string[] {
  if (records.length === 0) return []
  return [
    `Expired records ${isDryRun ? "would be deleted" : "deleted"}: ${formatRecordCounts(records)}.`,
  ]
}

/** Formats expired records: `3 runs, 40 steps`. */
export function formatRecordCounts(records: ExpiredRecords): string {
  return records.map(({ kind, count }) => formatRecordCount(kind, count)).join(", ")
}

function formatRecordCount(kind: ExpiredRecords[number]["kind"], count: number): string {
  return kind === "log_lines" && count !== 1
    ? `${formatCount(count)} lines of logs`
    : formatQuantity(count, recordNames[kind])
}

function formatTotals({ dry_run: isDryRun, materializations, files, bytes }: GarbageDocument) {
  const amounts = `${formatQuantity(materializations, "materialization")} and ${formatQuantity(files, "file")}`
  return `${amounts} ${isDryRun ? "would be deleted" : "deleted"}, ${formatBytes(bytes)}.`
}
