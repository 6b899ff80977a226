import { formatBytes, formatQuantity } from "@freshet/core/engine"
import type { OrphanedDocument } from "@freshet/services"

/** Formats what is left of an asset: `recs: table recs (31 rows), 3 files, 1.2 kB`. */
export function formatOrphaned({ asset, table, rows, files, bytes }: OrphanedDocument): string {
  const parts = [
    ...(table === null ? [] : [`table ${table} (${formatQuantity(rows ?? 0, "row")})`]),
    ...(files === 0 ? [] : [formatQuantity(files, "file"), formatBytes(bytes)]),
  ]
  return `${asset}: ${parts.join(", ")}`
}
