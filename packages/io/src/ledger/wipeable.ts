import { type AssetRange, joinRanges, type PartitionRange } from "@freshet/core/engine"
import type { Client } from "pg"

import { wipeWhere } from "./garbage.ts"
import { findPartitionById, type LedgerNames, listReadNames } from "./ledger-names.ts"
import { listRecordedNames, getCurrentName } from "./ledger-names.ts"
import { toPartitionRanges, toRecordedRanges } from "./ledger-names.ts"

/** The retained materializations of some partitions, earlier ones included. */
export interface Wipeable {
  readonly materializations: number
  /** The partitions with retained materializations. */
  readonly partitions: readonly PartitionRange[]
  readonly files: number
  readonly bytes: number
}

/** Finds the retained materializations of these partitions of equally partitioned assets, under all their names. */
export async function findWipeable(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): Promise<Wipeable> {
  const { rows } = await client.query<Omit<Wipeable, "partitions"> & { ranges: RangeRows }>(
    wipeableQuery,
    [...toQueryParameters(names, assetRanges)],
  )
  const [totals] = rows
  const ranges = (totals?.ranges ?? []).map(([from, to]) => ({ from, to }))
  return {
    materializations: totals?.materializations ?? 0,
    partitions: toPartitionRanges(names, assetRanges[0]?.asset ?? "", ranges),
    files: totals?.files ?? 0,
    bytes: totals?.bytes ?? 0,
  }
}

type RangeRows = readonly (readonly [from: number, to: number])[] | null

/** Wipes all materializations of these partitions, or none, and returns their number. Only a session with the run lock may. */
export async function wipePartitions(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): Promise<number> {
  return wipeWhere(
    client,
    `id in (${materializationsQuery})`,
    toQueryParameters(names, assetRanges),
  )
}

/** Builds the query's parameters as lists: names, first and last numbers of the ledger, current names. */
function toQueryParameters(
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): readonly unknown[][] {
  const rangeRows = assetRanges.flatMap(({ asset, range }) =>
    toRecordedRanges(names, asset, range).flatMap(({ from, to }) =>
      listRecordedNames(names, asset).map((name) => ({ asset, name, from, to })),
    ),
  )
  return [
    rangeRows.map(({ name }) => name),
    rangeRows.map(({ from }) => Math.max(from, -(2 ** 31))),
    rangeRows.map(({ to }) => Math.min(to, 2 ** 31 - 1)),
    rangeRows.map(({ asset }) => asset),
  ]
}

const rangesQuery = `
  select * from unnest($1::text[], $2::integer[], $3::integer[], $4::text[])
    as request (name, low, high, owner)`

const materializationsQuery = `
  select m.id from (${rangesQuery}) as request join freshet.materializations as m
    on m.asset = request.name and m.partition between request.low and request.high`

/** Counts wipeable materializations. Consecutive partitions have the same difference to their rank. */
const wipeableQuery = `
  with wipeable as (
    select partition, file, bytes from freshet.materializations where id in (${materializationsQuery})
  ), ranges as (
    select min(partition) as first, max(partition) as last
    from (
      select partition, partition - dense_rank() over (order by partition) as island from wipeable
    ) as ranked
    group by island
  ), files as (
    select distinct file, bytes from wipeable
  )
  select (select count(*)::integer from wipeable) as materializations,
    (select count(*)::integer from files) as files,
    (select coalesce(sum(bytes), 0)::float8 from files) as bytes,
    (select json_agg(json_build_array(first, last) order by first) from ranges) as ranges`

/** Finds the partitions outside these ranges with a retained materialization that read one of them, by asset. */
export async function findReaders(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): Promise<ReadonlyMap<string, readonly PartitionRange[]>> {
  const readNames = listReadNames(names)
  const { rows } = await client.query<{ name: string; partition: number }>(readersQuery, [
    ...toQueryParameters(names, assetRanges),
    readNames.map(({ name }) => name),
    readNames.map(({ asset }) => asset),
  ])
  const readers = new Map<string, PartitionRange[]>()
  for (const { name, partition } of rows) {
    const asset = getCurrentName(names, name)
    const readerPartition = names.graph.assets.has(asset)
      ? findPartitionById(names, asset, partition)
      : undefined
    if (readerPartition === undefined) continue
    const readerRanges = readers.get(asset)
    if (readerRanges === undefined)
      readers.set(asset, [{ from: readerPartition, to: readerPartition }])
    else readerRanges.push({ from: readerPartition, to: readerPartition })
  }
  return new Map([...readers].map(([asset, ranges]) => [asset, joinRanges(ranges)]))
}

/** Reads were recorded under the names of their time. */
const readersQuery = `
  with read_name as (
    select * from unnest($5::text[], $6::text[]) as read_name (name, asset)
  ), wipeable as materialized (
    select m.id, request.owner, m.partition, m.data_version
    from (${rangesQuery}) as request join freshet.materializations as m
      on m.asset = request.name and m.partition between request.low and request.high
  ), retained as (
    select m.asset, m.partition, steps.reads
    from freshet.materializations as m join freshet.steps on steps.id = m.step
    where not exists (select from wipeable where wipeable.id = m.id)
  )
  select distinct retained.asset as name, retained.partition
  from retained
  cross join jsonb_array_elements(retained.reads) as input
  left join read_name on read_name.name = input ->> 1
  cross join jsonb_array_elements(input -> 3) as version
  join wipeable on wipeable.owner = coalesce(read_name.asset, input ->> 1)
    and wipeable.partition = (version ->> 0)::integer and wipeable.data_version = version ->> 1`
