import type { AssetRange, Graph, Recorded } from "@freshet/core"
import type { Client } from "pg"

import { findPartitionOf, type LedgerNames, namesRecorded } from "./ledger-names.ts"
import { readLedgerNames, recordedRanges } from "./ledger-names.ts"

/** All kept materializations of these partitions, those recorded under an asset's former names too, oldest first. */
export async function readRecorded(
  client: Client,
  graph: Graph,
  wanted: readonly AssetRange[],
): Promise<readonly Recorded[]> {
  return findRecorded(client, await readLedgerNames(client, graph), wanted)
}

/** The same, for who knows the ledger's names already. */
export async function findRecorded(
  client: Client,
  names: LedgerNames,
  wanted: readonly AssetRange[],
): Promise<readonly Recorded[]> {
  const ranges = wanted.flatMap((each) => recordedUnder(names, each))
  if (ranges.length === 0) return []
  const { rows } = await client.query<RecordedRow>({
    name: "find_recorded",
    text: finding,
    values: [
      ranges.map(({ asset }) => asset),
      ranges.map(({ name }) => name),
      ranges.map(({ rank }) => rank),
      ranges.map(({ from }) => Math.max(from, lowest)),
      ranges.map(({ to }) => Math.min(to, highest)),
    ],
  })
  return newestNames(rows).flatMap(({ rank: _, ...row }) => {
    const partition = findPartitionOf(names, row.asset, row.partition)
    return partition === undefined ? [] : [{ ...row, partition }]
  })
}

const [lowest, highest] = [-(2 ** 31), 2 ** 31 - 1]

type RecordedRow = Recorded & { readonly rank: number }

/** A range of one asset under each of its names, in numbers of the ledger. */
function recordedUnder(names: LedgerNames, { asset, range }: AssetRange) {
  const known = namesRecorded(names, asset)
  return recordedRanges(names, asset, range).flatMap(({ from, to }) =>
    known.map((name, rank) => ({ asset, name, rank, from, to })),
  )
}

/** Where the same was recorded under several names, the newest name counts. */
function newestNames(rows: readonly RecordedRow[]): readonly RecordedRow[] {
  if (rows.every(({ rank }) => rank === 0)) return rows
  const key = (row: RecordedRow) => JSON.stringify([row.asset, row.partition, row.inputVersion])
  const best = new Map<string, number>()
  for (const row of rows) best.set(key(row), Math.min(row.rank, best.get(key(row)) ?? Infinity))
  return rows.filter((row) => row.rank === best.get(key(row)))
}

/** Each range is looked up by itself: a plan over all of them at once may read the whole table. */
const finding = `
  select distinct on (m.seq, m.id) m.id::float8, w.asset, w.rank, m.partition,
    m.code_version as "codeVersion", m.input_version as "inputVersion", m.fingerprint,
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
