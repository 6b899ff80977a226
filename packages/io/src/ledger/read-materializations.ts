import type { AssetRange, MaterializationRecord, RecordedVersions } from "@freshet/core/engine"
import type { Client } from "pg"

import { findPartitionById, type LedgerNames, listRecordedNames } from "./ledger-names.ts"
import { toRecordedRanges } from "./ledger-names.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"

/** Reads all retained materializations of these partitions, under previous names too, oldest first. */
export async function readMaterializations(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): Promise<readonly MaterializationRecord[]> {
  const statement = { name: "find_recorded", text: recordsQuery }
  const rows = await readRows<MaterializationRecord>(client, names, assetRanges, statement)
  return rows.map(({ rank: _, ...row }) => row)
}

/** The part of a materialization that names and recognizes its file. */
export type FileRecord = RecordedVersions &
  Pick<MaterializationRecord, "id" | "file" | "checksum" | "fileIdentity">

/** Reads the files of all retained materializations of these partitions, under previous names too, oldest first. */
export async function readFileRecords(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): Promise<readonly FileRecord[]> {
  const statement = { name: "read_files", text: filesQuery }
  return readRows<FileRecord>(client, names, assetRanges, statement)
}

/** Reads only the versions of materializations: proving reads very many. */
export async function readVersions(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
): Promise<readonly RecordedVersions[]> {
  const statement = { name: "read_versions", text: versionsQuery }
  return readRows<RecordedVersions>(client, names, assetRanges, statement)
}

type Identified = Pick<MaterializationRecord, "asset" | "partition" | "inputVersion">

async function readRows<Row extends Identified>(
  client: Client,
  names: LedgerNames,
  assetRanges: readonly AssetRange[],
  statement: { readonly name: string; readonly text: string },
): Promise<readonly Ranked<Row>[]> {
  const ranges = assetRanges.flatMap((assetRange) => listRecordedRanges(names, assetRange))
  if (ranges.length === 0) return []
  const { rows } = await client.query<Ranked<Row>>({
    ...statement,
    values: [
      ranges.map(({ asset }) => asset),
      ranges.map(({ name }) => name),
      ranges.map(({ rank }) => rank),
      ranges.map(({ from }) => Math.max(from, minPartition)),
      ranges.map(({ to }) => Math.min(to, maxPartition)),
    ],
  })
  return selectNewestNames(rows).flatMap((row) => {
    const partition = findPartitionById(names, row.asset, row.partition)
    return partition === undefined ? [] : [{ ...row, partition }]
  })
}

const [minPartition, maxPartition] = [-(2 ** 31), 2 ** 31 - 1]

type Ranked<Row extends Identified> = Row & { readonly rank: number }

/** A range of one asset under each of its names, in the ledger's numbers. */
function listRecordedRanges(names: LedgerNames, { asset, range }: AssetRange) {
  const recordedNames = listRecordedNames(names, asset)
  return toRecordedRanges(names, asset, range).flatMap(({ from, to }) =>
    recordedNames.map((name, rank) => ({ asset, name, rank, from, to })),
  )
}

/** Selects the newest name of materializations that were recorded under several names. */
function selectNewestNames<Row extends Identified>(
  rows: readonly Ranked<Row>[],
): readonly Ranked<Row>[] {
  if (rows.every(({ rank }) => rank === 0)) return rows
  const key = (row: Identified) => JSON.stringify([row.asset, row.partition, row.inputVersion])
  const newestRanks = new Map<string, number>()
  for (const row of rows)
    newestRanks.set(key(row), Math.min(row.rank, newestRanks.get(key(row)) ?? Infinity))
  return rows.filter((row) => row.rank === newestRanks.get(key(row)))
}

/** Looks each range up separately: a joint query plan may read the whole table. */
const buildQuery = (columns: string) => `
  select distinct on (m.seq, m.id) w.asset, w.rank, m.partition, m.fingerprint,
    m.input_version as "inputVersion", m.data_version as "dataVersion" ${columns}
  from unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::integer[])
    as w (asset, name, rank, low, high)
  cross join lateral (
    select * from freshet.materializations as found
    where found.asset = w.name and found.partition between w.low and w.high
    offset 0
  ) as m
  order by m.seq, m.id`

const versionsQuery = buildQuery("")

const filesQuery = buildQuery(
  `, m.id::float8, m.file, m.checksum, m.file_identity as "fileIdentity"`,
)

const recordsQuery = buildQuery(`,
    m.id::float8, m.code_version as "codeVersion", m.code_text as "codeText", m.file, m.checksum,
    m.file_identity as "fileIdentity", m.rows::float8, m.bytes::float8,
    ${toMilliseconds("m.recorded_at")} as "atMs",
    m.duration_ms::float8 as "durationMs", m.check_version as "checkVersion",
    m.failed_errors as "failedErrors", m.failed_warnings as "failedWarnings"`)
