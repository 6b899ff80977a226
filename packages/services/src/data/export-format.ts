import { extname } from "node:path"

import type { ExportFormat } from "../documents/export.ts"

const formatsByExtension: ReadonlyMap<string, ExportFormat> = new Map([
  [".parquet", "parquet"],
  [".arrow", "arrow"],
  [".feather", "arrow"],
  [".arrows", "arrow-stream"],
  [".csv", "csv"],
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
])

/** Finds the format that the name of a file means; undefined for an unknown extension. */
export function findExportFormat(path: string): ExportFormat | undefined {
  return formatsByExtension.get(extname(path).toLowerCase())
}

/** Returns the usual extension of files in a format, with its dot. */
export function getExportExtension(format: ExportFormat): string {
  const entry = [...formatsByExtension].find(([, candidate]) => candidate === format)
  return entry?.[0] ?? ""
}
