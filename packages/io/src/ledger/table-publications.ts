import type { Asset } from "@freshet/core"
import {
  findPartition,
  groupBy,
  listPublishedAssets,
  type LedgerSnapshot,
  type PublishedPartition,
  type TablePublication,
} from "@freshet/core/engine"

import { findTableName } from "../publish/target-table.ts"
import { getCurrentName, type LedgerNames } from "./ledger-names.ts"

/** The record of one partition in a published table. */
export interface PublishedRow {
  readonly table: string
  readonly key: string
  readonly asset: string
  readonly dataVersion: string
  readonly atMs: number
}

/** Finds the content of each published asset's table. */
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
  { partitions }: Asset,
  rows: readonly PublishedRow[],
): TablePublication {
  const [newest] = rows.toSorted((one, other) => other.atMs - one.atMs)
  const published = rows.map(({ key, dataVersion }) => ({
    key,
    partition: findPartition(partitions, key),
    dataVersion,
  }))
  return {
    asset: getCurrentName(names, newest?.asset ?? ""),
    partitions: published.toSorted(comparePartitions),
    atMs: newest?.atMs ?? 0,
  }
}

function comparePartitions(one: PublishedPartition, other: PublishedPartition): number {
  if (one.partition === undefined || other.partition === undefined)
    return Number(other.partition === undefined) - Number(one.partition === undefined)
  return one.partition - other.partition
}
