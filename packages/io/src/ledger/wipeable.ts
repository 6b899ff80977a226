import { type AssetRange, type Graph, joinRanges, type PartitionRange } from "@freshet/core/engine"
import type { Client } from "pg"

import { wipeWhere } from "./garbage.ts"
import { findPartitionById, type LedgerNames, listNames } from "./ledger-names.ts"
import { listRecordedNames, getCurrentName, readLedgerNames } from "./ledger-names.ts"
import { toPartitionRanges, toRecordedRanges } from "./ledger-names.ts"

/** All that is kept of some partitions, older materializations too. */
export interface Wipeable {
  readonly materializations: number
  /** The partitions of which anything is kept. */
  readonly partitions: readonly PartitionRange[]
  readonly files: number
  readonly bytes: number
}

/** Finds the retained materializations of these partitions of equally partitioned assets, under all their names. */
export async function findWipeable(
  client: Client,
  graph: Graph,
  assetRanges: readonly AssetRange[],
): Promise<Wipeable> {
  const names = await readLedgerNames(client, graph)
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

/** Wipes all materializations of these partitions, or none, and returns their number. Only the owner of the run lock may. */
export async function wipePartitions(
  client: Client,
  graph: Graph,
  assetRanges: readonly AssetRange[],
): Promise<number> {
  const names = await readLedgerNames(client, graph)
  return wipeWhere(
    client,
    `id in (${materializationsQuery})`,
    toQueryParameters(names, assetRanges),
  )
}

/** Names, lowest and highest numbers of the ledger, and today's names, each as a list. */
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
    as wanted (name, low, high, owner)`

const materializationsQuery = `
  select m.id from (${rangesQuery}) as wanted join freshet.materializations as m
    on m.asset = wanted.name and m.partition between wanted.low and wanted.high`

/** Partitions that follow one another have the same difference to their rank. */
const wipeableQuery = `
  with found as (
    select partition, file, bytes from freshet.materializations where id in (${materializationsQuery})
  ), ranges as (
    select min(partition) as first, max(partition) as last
    from (
      select partition, partition - dense_rank() over (order by partition) as island from found
    ) as ranked
    group by island
  ), files as (
    select distinct file, bytes from found
  )
  select (select count(*)::integer from found) as materializations,
    (select count(*)::integer from files) as files,
    (select coalesce(sum(bytes), 0)::float8 from files) as bytes,
    (select json_agg(json_build_array(first, last) order by first) from ranges) as ranges`

/** Asset → the partitions of which a kept materialization was made from one of these, which are not among them. */
export async function findReaders(
  client: Client,
  graph: Graph,
  assetRanges: readonly AssetRange[],
): Promise<ReadonlyMap<string, readonly PartitionRange[]>> {
  const names = await readLedgerNames(client, graph)
  const recordedNames = [...graph.assets.values()].flatMap((asset) =>
    listNames(names, asset).map((name) => ({ name, asset: asset.name })),
  )
  const { rows } = await client.query<{ name: string; partition: number }>(readersQuery, [
    ...toQueryParameters(names, assetRanges),
    recordedNames.map(({ name }) => name),
    recordedNames.map(({ asset }) => asset),
  ])
  const readers = new Map<string, PartitionRange[]>()
  for (const { name, partition } of rows) {
    const asset = getCurrentName(names, name)
    const readerPartition = graph.assets.has(asset)
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
  with known as (
    select * from unnest($5::text[], $6::text[]) as known (name, asset)
  ), gone as materialized (
    select m.id, wanted.owner, m.partition, m.data_version
    from (${rangesQuery}) as wanted join freshet.materializations as m
      on m.asset = wanted.name and m.partition between wanted.low and wanted.high
  ), kept as (
    select m.asset, m.partition, steps.reads
    from freshet.materializations as m join freshet.steps on steps.id = m.step
    where not exists (select from gone where gone.id = m.id)
  )
  select distinct kept.asset as name, kept.partition
  from kept
  cross join jsonb_array_elements(kept.reads) as input
  left join known on known.name = input ->> 1
  cross join jsonb_array_elements(input -> 3) as version
  join gone on gone.owner = coalesce(known.asset, input ->> 1)
    and gone.partition = (version ->> 0)::integer and gone.data_version = version ->> 1`
