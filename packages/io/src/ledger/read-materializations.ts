import type { AssetRange, Graph, MaterializationRecord } from "@freshet/core/engine"
import type { Client } from "pg"

import { findPartitionById, type LedgerNames, listRecordedNames } from "./ledger-names.ts"
import { readLedgerNames, toRecordedRanges } from "./ledger-names.ts"

/** Reads all retained materializations of these partitions, under previous names too, oldest first. */
export async function readMaterializations(
  client: Client,
  graph: Graph,
  assetRanges: readonly AssetRange[],
): Promise<readonly MaterializationRecord[]> {
  return readMaterializationRecords(client, await readLedgerNames(client, graph), assetRanges)
}

/** Reads the materializations with ledger names that the caller has read. */
export async function readMaterializationRecords(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): Promise<readonly MaterializationRecord[]> {
  const ranges = assetRanges.flatMap((assetRange) => listRecordedRanges(names, assetRange))
  if (ranges.length === 0) return []
  const { rows } = await client.query<RankedRecord>({
    name: "find_recorded",
    text: materializationsQuery,
    values: [
      ranges.map(({ asset }) => asset),
      ranges.map(({ name }) => name),
      ranges.map(({ rank }) => rank),
      ranges.map(({ from }) => Math.max(from, minPartition)),
      ranges.map(({ to }) => Math.min(to, maxPartition)),
    ],
  })
  return selectNewestNames(rows).flatMap(({ rank: _, ...row }) => {
    const partition = findPartitionById(names, row.asset, row.partition)
    return partition === undefined ? [] : [{ ...row, partition }]
  })
}

const [minPartition, maxPartition] = [-(2 ** 31), 2 ** 31 - 1]

type RankedRecord = MaterializationRecord & { readonly rank: number }

/** A range of one asset under each of its names, in the ledger's numbers. */
function listRecordedRanges(names: LedgerNames, { asset, range }: AssetRange) {
  const recordedNames = listRecordedNames(names, asset)
  return toRecordedRanges(names, asset, range).flatMap(({ from, to }) =>
    recordedNames.map((name, rank) => ({ asset, name, rank, from, to })),
  )
}

/** Selects the newest name of materializations that were recorded under several names. */
function selectNewestNames(rows: readonly RankedRecord[]): readonly RankedRecord[] {
  if (rows.every(({ rank }) => rank === 0)) return rows
  const key = (row: RankedRecord) => JSON.stringify([row.asset, row.partition, row.inputVersion])
  const newestRanks = new Map<string, number>()
  for (const row of rows)
    newestRanks.set(key(row), Math.min(row.rank, newestRanks.get(key(row)) ?? Infinity))
  return rows.filter((row) => row.rank === newestRanks.get(key(row)))
}

/** Looks each range up separately: a joint query plan may read the whole table. */
const materializationsQuery = `
  select distinct on (m.seq, m.id) m.id::float8, w.asset, w.rank, m.partition,
    m.code_version as "codeVersion", m.code_text as "codeText", m.input_version as "inputVersion", m.fingerprint,
    m.data_version as "dataVersion", m.file, m.rows::float8, m.bytes::float8,
    extract(epoch from m.recorded_at)::float8 * 1000 as "atMs",
    m.duration_ms::float8 as "durationMs", m.check_version as "checkVersion",
    m.failed_errors as "failedErrors", m.failed_warnings as "failedWarnings"
  from unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::integer[])
    as w (asset, name, rank, low, high)
  cross join lateral (
    select * from freshet.materializations as found
    where found.asset = w.name and found.partition between w.low and w.high
    offset 0
  ) as m
  order by m.seq, m.id`
