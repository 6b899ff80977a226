import { type AssetRange, type Graph, joinedRanges, type PartitionRange } from "@freshet/core"
import type { Client } from "pg"

import { forgetThose } from "./garbage.ts"
import { findPartitionOf, type LedgerNames, namesOf } from "./ledger-names.ts"
import { namesRecorded, nameToday, readLedgerNames } from "./ledger-names.ts"
import { partitionRanges, recordedRanges } from "./ledger-names.ts"

/** All that is kept of some partitions, older materializations too. */
export interface Forgettable {
  readonly materializations: number
  /** The partitions of which anything is kept. */
  readonly partitions: readonly PartitionRange[]
  readonly files: number
  readonly bytes: number
}

/** What is kept of these partitions of assets that are cut alike, under whatever names they had. */
export async function findForgettable(
  client: Client,
  graph: Graph,
  wanted: readonly AssetRange[],
): Promise<Forgettable> {
  const names = await readLedgerNames(client, graph)
  const { rows } = await client.query<Omit<Forgettable, "partitions"> & { ranges: RecordedRanges }>(
    finding,
    [...placesOf(names, wanted)],
  )
  const [found] = rows
  const ranges = (found?.ranges ?? []).map(([from, to]) => ({ from, to }))
  return {
    materializations: found?.materializations ?? 0,
    partitions: partitionRanges(names, wanted[0]?.asset ?? "", ranges),
    files: found?.files ?? 0,
    bytes: found?.bytes ?? 0,
  }
}

type RecordedRanges = readonly (readonly [from: number, to: number])[] | null

/** Forgets all that is kept of these partitions, or nothing, and says how many materializations there were. Only the holder of the right to run may. */
export async function forgetAllOf(
  client: Client,
  graph: Graph,
  wanted: readonly AssetRange[],
): Promise<number> {
  const names = await readLedgerNames(client, graph)
  return forgetThose(client, `id in (${kept})`, placesOf(names, wanted))
}

/** Names, lowest and highest numbers of the ledger, and today's names, each as a list. */
function placesOf(names: LedgerNames, wanted: readonly AssetRange[]): readonly unknown[][] {
  const places = wanted.flatMap(({ asset, range }) =>
    recordedRanges(names, asset, range).flatMap(({ from, to }) =>
      namesRecorded(names, asset).map((name) => ({ asset, name, from, to })),
    ),
  )
  return [
    places.map(({ name }) => name),
    places.map(({ from }) => Math.max(from, -(2 ** 31))),
    places.map(({ to }) => Math.min(to, 2 ** 31 - 1)),
    places.map(({ asset }) => asset),
  ]
}

const wantedPlaces = `
  select * from unnest($1::text[], $2::integer[], $3::integer[], $4::text[])
    as wanted (name, low, high, owner)`

const kept = `
  select m.id from (${wantedPlaces}) as wanted join freshet.materializations as m
    on m.asset = wanted.name and m.partition between wanted.low and wanted.high`

/** Partitions that follow one another have the same difference to their rank. */
const finding = `
  with found as (
    select partition, file, bytes from freshet.materializations where id in (${kept})
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
  wanted: readonly AssetRange[],
): Promise<ReadonlyMap<string, readonly PartitionRange[]>> {
  const names = await readLedgerNames(client, graph)
  const known = [...graph.assets.values()].flatMap((asset) =>
    namesOf(names, asset).map((name) => ({ name, asset: asset.name })),
  )
  const { rows } = await client.query<{ name: string; partition: number }>(reading, [
    ...placesOf(names, wanted),
    known.map(({ name }) => name),
    known.map(({ asset }) => asset),
  ])
  const readers = new Map<string, PartitionRange[]>()
  for (const { name, partition } of rows) {
    const asset = nameToday(names, name)
    const at = graph.assets.has(asset) ? findPartitionOf(names, asset, partition) : undefined
    if (at === undefined) continue
    const of = readers.get(asset)
    if (of === undefined) readers.set(asset, [{ from: at, to: at }])
    else of.push({ from: at, to: at })
  }
  return new Map([...readers].map(([asset, of]) => [asset, joinedRanges(of)]))
}

/** What a step read was recorded under the names of that time. */
const reading = `
  with known as (
    select * from unnest($5::text[], $6::text[]) as known (name, asset)
  ), gone as materialized (
    select m.id, wanted.owner, m.partition, m.data_version
    from (${wantedPlaces}) as wanted join freshet.materializations as m
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
