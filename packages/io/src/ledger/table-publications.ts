import type { Asset } from "@freshet/core"
import {
  findPartition,
  groupBy,
  listPublishedAssets,
  type LedgerSnapshot,
  type PublishedPartition,
  type TablePublication,
} from "@freshet/core/engine"

import { hashContent } from "../publish/table-scope.ts"
import { findTableName, type TargetTable, toTargetTable } from "../publish/target-table.ts"
import { getCurrentName, type LedgerNames } from "./ledger-names.ts"

/** The record of one partition in a published table. */
export interface PublishedRow {
  readonly table: string
  readonly key: string
  readonly asset: string
  readonly dataVersion: string
  readonly file: string
  readonly content: string
  readonly atMs: number
}

/** Finds the content of each published asset's table. Rows in another form than that of the declared table have no data version. */
export function readTablePublications(
  names: LedgerNames,
  rows: readonly PublishedRow[],
): LedgerSnapshot["publications"] {
  const rowsByTable = groupBy(rows, ({ table }) => table)
  const publications = new Map<string, TablePublication>()
  for (const asset of listPublishedAssets(names.graph)) {
    const tableRows = rowsByTable.get(findTableName(asset) ?? "")
    if (tableRows !== undefined)
      publications.set(asset.name, toTablePublication(names, asset, tableRows))
  }
  return publications
}

function toTablePublication(
  names: LedgerNames,
  asset: Asset,
  rows: readonly PublishedRow[],
): TablePublication {
  const { partitions } = asset
  const target = findTargetTable(asset)
  const [newest] = rows.toSorted((one, other) => other.atMs - one.atMs)
  const published = rows.map(({ key, dataVersion, file, content }) => {
    const isCurrentForm = target === undefined || content === hashContent(target, dataVersion)
    return {
      key,
      partition: findPartition(partitions, key),
      dataVersion: isCurrentForm ? dataVersion : "",
      file,
    }
  })
  return {
    asset: getCurrentName(names, newest?.asset ?? ""),
    partitions: published.toSorted(comparePartitions),
    atMs: newest?.atMs ?? 0,
  }
}

/** Finds the target table of an asset; undefined if the asset cannot be published. */
function findTargetTable(asset: Asset): TargetTable | undefined {
  try {
    return asset.publish && toTargetTable({ asset, publish: asset.publish })
  } catch {
    return undefined
  }
}

function comparePartitions(one: PublishedPartition, other: PublishedPartition): number {
  if (one.partition === undefined || other.partition === undefined)
    return Number(other.partition === undefined) - Number(one.partition === undefined)
  return one.partition - other.partition
}
