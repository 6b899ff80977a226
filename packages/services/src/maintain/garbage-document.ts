import type { ExpiredRecords, Garbage, OrphanedTable, TempFileTotals } from "@freshet/io"

import type { GarbageDocument, GarbageRowDocument } from "../documents/garbage.ts"
import type { OrphanedFile } from "./orphaned-files.ts"
import { listExpiredRecords } from "./record-expiry.ts"

/** Expired materializations, orphaned files and leftovers. */
export interface CollectedGarbage {
  readonly records: ExpiredRecords
  /** Orphaned tables. */
  readonly tables: readonly OrphanedTable[]
  readonly materializations: readonly Garbage[]
  readonly files: readonly OrphanedFile[]
  readonly temporaryFiles: TempFileTotals
  /** Files that killed commands spilled. */
  readonly spillFiles: TempFileTotals
  /** The number of files in the lake that no step wrote. */
  readonly unknownCount: number
}

/** Sums up garbage by asset and kind; leftovers come last. */
export function toGarbageDocument(garbage: CollectedGarbage, dryRun: boolean): GarbageDocument {
  const removed = [...sumByAsset(garbage), ...listLeftovers(garbage)]
  const sum = (field: "materializations" | "files" | "bytes") =>
    removed.reduce((total, row) => total + row[field], 0)
  return {
    dry_run: dryRun,
    materializations: sum("materializations"),
    files: sum("files"),
    bytes: sum("bytes"),
    removed,
    unpublished: garbage.tables,
    expired_records: listExpiredRecords(garbage.records),
    unknown_files: garbage.unknownCount,
  }
}

function sumByAsset({ materializations, files }: CollectedGarbage): readonly GarbageRowDocument[] {
  const rows = new Map<string, GarbageRowDocument>()
  const add = ({ kind, asset, ...amounts }: GarbageRowDocument) => {
    const key = `${asset} ${kind}`
    const row = rows.get(key)
    rows.set(key, {
      kind,
      asset,
      materializations: (row?.materializations ?? 0) + amounts.materializations,
      files: (row?.files ?? 0) + amounts.files,
      bytes: (row?.bytes ?? 0) + amounts.bytes,
    })
  }
  for (const { asset } of materializations)
    add({ kind: "rows", asset, materializations: 1, files: 0, bytes: 0 })
  for (const { kind, owner, bytes } of files)
    add({ kind, asset: owner, materializations: 0, files: 1, bytes })
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function listLeftovers({
  temporaryFiles,
  spillFiles,
}: CollectedGarbage): readonly GarbageRowDocument[] {
  const leftovers = [
    { kind: "temporary", ...temporaryFiles },
    { kind: "spill", ...spillFiles },
  ] as const
  return leftovers.flatMap((row) =>
    row.files === 0 ? [] : [{ asset: null, materializations: 0, ...row }],
  )
}
