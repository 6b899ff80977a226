import {
  type AssetRange,
  groupBy,
  type MaterializationRecord,
  toRanges,
} from "@freshet/core/engine"
import type { Client } from "pg"

import {
  findPartitionById,
  getCurrentName,
  listNames,
  listReadNames,
  type LedgerNames,
} from "./ledger-names.ts"
import { readMaterializations } from "./read-materializations.ts"

/** The bytes that a file of a materialization was found to have. */
export interface FileBytesChange {
  readonly id: number
  /** The recorded checksum; the change applies only while it is recorded. */
  readonly recordedChecksum: string | null
  /** The checksum to record. An empty one equals that of no file. */
  readonly checksum: string
  /** The identity of the file with this checksum; null for a damaged file, which is read each time. */
  readonly identity: string | null
}

/** Records the bytes of files. Rows that a run changes at the same time are left out: the files are read again later. */
export async function saveFileBytes(
  client: Client,
  changes: readonly FileBytesChange[],
): Promise<void> {
  if (changes.length === 0) return
  await client.query(
    `with change as (
       select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
         as change (id, recorded_checksum, checksum, identity)
     ), unlocked as (
       select m.id from freshet.materializations as m join change using (id)
       where m.checksum is not distinct from change.recorded_checksum
       for update of m skip locked
     )
     update freshet.materializations as m
     set checksum = change.checksum, file_identity = change.identity
     from change join unlocked using (id)
     where m.id = change.id`,
    [
      changes.map(({ id }) => id),
      changes.map(({ recordedChecksum }) => recordedChecksum),
      changes.map(({ checksum }) => checksum),
      changes.map(({ identity }) => identity),
    ],
  )
}

/** Makes the files of materializations damaged: no bytes have their checksums, also after a file is restored. */
export async function invalidateFiles(client: Client, ids: readonly number[]): Promise<void> {
  await client.query(
    `update freshet.materializations set checksum = '', file_identity = null
     where id = any($1::bigint[])`,
    [ids],
  )
}

/** Reads the retained materializations that read the rows of these materializations since they were recorded. */
export async function readDirectReaders(
  client: Client,
  names: LedgerNames,
  ids: readonly number[],
): Promise<readonly MaterializationRecord[]> {
  const currentNames = [...names.graph.assets.values()].flatMap((asset) =>
    listNames(names, asset).map((name) => ({ name, asset: asset.name })),
  )
  const readNames = listReadNames(names)
  const { rows } = await client.query<ReaderRow>(directReadersQuery, [
    ids,
    currentNames.map(({ name }) => name),
    currentNames.map(({ asset }) => asset),
    readNames.map(({ name }) => name),
    readNames.map(({ asset }) => asset),
  ])
  const readerIds = new Set(rows.map(({ id }) => id))
  const records = await readMaterializations(client, names, toAssetRanges(names, rows))
  return records.filter(({ id }) => readerIds.has(id))
}

interface ReaderRow {
  readonly id: number
  readonly name: string
  readonly partition: number
}

function toAssetRanges(names: LedgerNames, rows: readonly ReaderRow[]): readonly AssetRange[] {
  const rowsByAsset = groupBy(rows, ({ name }) => getCurrentName(names, name))
  return [...rowsByAsset].flatMap(([asset, assetRows]) => {
    if (!names.graph.assets.has(asset)) return []
    const partitions = assetRows.flatMap(
      ({ partition }) => findPartitionById(names, asset, partition) ?? [],
    )
    return toRanges([...new Set(partitions)].toSorted((a, b) => a - b)).map((range) => ({
      asset,
      range,
    }))
  })
}

/** Reads were recorded under the names of their time. */
const directReadersQuery = `
  with current_name as (
    select * from unnest($2::text[], $3::text[]) as current_name (name, asset)
  ), read_name as (
    select * from unnest($4::text[], $5::text[]) as read_name (name, asset)
  ), damaged as materialized (
    select coalesce(current_name.asset, m.asset) as owner, m.partition, m.data_version, m.recorded_at
    from freshet.materializations as m left join current_name on current_name.name = m.asset
    where m.id = any($1::bigint[])
  )
  select distinct reader.id::float8, reader.asset as name, reader.partition
  from freshet.materializations as reader
  join freshet.steps on steps.id = reader.step
  cross join jsonb_array_elements(steps.reads) as input
  left join read_name on read_name.name = input ->> 1
  cross join jsonb_array_elements(input -> 3) as version
  join damaged on damaged.owner = coalesce(read_name.asset, input ->> 1)
    and damaged.partition = (version ->> 0)::integer and damaged.data_version = version ->> 1
    and damaged.recorded_at <= reader.recorded_at`
