import type { AssetRange, Graph, PartitionRange } from "@freshet/core"
import type { Client } from "pg"

import { findPartitionOf, joinedRanges, type LedgerNames, namesOf } from "./ledger-names.ts"
import { namesRecorded, nameToday, readLedgerNames, recordedRanges } from "./ledger-names.ts"

/** All that is kept of some partitions, older materializations too. */
export interface Forgettable {
  readonly ids: readonly number[]
  /** The partitions of which anything is kept. */
  readonly partitions: readonly PartitionRange[]
  readonly files: number
  readonly bytes: number
}

/** Everything that is kept of these partitions, under whatever names their assets had. */
export async function findForgettable(
  client: Client,
  graph: Graph,
  wanted: readonly AssetRange[],
): Promise<Forgettable> {
  const names = await readLedgerNames(client, graph)
  const ranges = wanted.flatMap((each) => rangesUnder(names, each))
  const { rows } = await client.query<[number, string, number, string, number]>({
    rowMode: "array",
    text: finding,
    values: [ranges.map(({ name }) => name), ranges.map(lowOf), ranges.map(highOf)],
  })
  const places = rows.flatMap(
    ([, name, partition]) => findPartitionOf(names, nameToday(names, name), partition) ?? [],
  )
  const files = new Map(rows.map(([, , , file, bytes]) => [file, bytes]))
  return {
    ids: rows.map(([id]) => id),
    partitions: joinedRanges([...new Set(places)].map((at) => ({ from: at, to: at }))),
    files: files.size,
    bytes: [...files.values()].reduce((all, bytes) => all + bytes, 0),
  }
}

function rangesUnder(names: LedgerNames, { asset, range }: AssetRange) {
  return recordedRanges(names, asset, range).flatMap(({ from, to }) =>
    namesRecorded(names, asset).map((name) => ({ name, from, to })),
  )
}

const lowOf = ({ from }: PartitionRange) => Math.max(from, -(2 ** 31))
const highOf = ({ to }: PartitionRange) => Math.min(to, 2 ** 31 - 1)

const finding = `
  select m.id::float8, m.asset, m.partition, m.file, m.bytes::float8
  from unnest($1::text[], $2::integer[], $3::integer[]) as wanted (name, low, high)
  cross join lateral (
    select * from freshet.materializations as found
    where found.asset = wanted.name and found.partition between wanted.low and wanted.high
    offset 0
  ) as m`

/** Asset → the partitions of which a kept materialization was made from one of these, which are not among them. */
export async function findReaders(
  client: Client,
  graph: Graph,
  ids: readonly number[],
): Promise<ReadonlyMap<string, readonly PartitionRange[]>> {
  const names = await readLedgerNames(client, graph)
  const known = [...graph.assets.values()].flatMap((asset) =>
    namesOf(names, asset).map((name) => ({ name, asset: asset.name })),
  )
  const { rows } = await client.query<{ name: string; partition: number }>(reading, [
    ids,
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
    select * from unnest($2::text[], $3::text[]) as known (name, asset)
  ), gone as (
    select distinct coalesce(known.asset, m.asset) as asset, m.partition, m.data_version
    from freshet.materializations as m left join known on known.name = m.asset
    where m.id = any($1::bigint[])
  ), kept as (
    select m.asset, m.partition, steps.reads
    from freshet.materializations as m join freshet.steps on steps.id = m.step
    where m.id not in (select unnest($1::bigint[]))
  )
  select distinct kept.asset as name, kept.partition
  from kept
  cross join jsonb_array_elements(kept.reads) as input
  left join known on known.name = input ->> 1
  cross join jsonb_array_elements(input -> 3) as version
  join gone on gone.asset = coalesce(known.asset, input ->> 1)
    and gone.partition = (version ->> 0)::integer and gone.data_version = version ->> 1`
