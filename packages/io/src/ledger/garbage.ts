import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { quoteLedgerSchema, readEnvironments } from "../environments/environments.ts"
import { buildEpochStatements } from "./epoch.ts"
import { findPartitionById, type LedgerNames, listNames, listReadNames } from "./ledger-names.ts"
import { getCurrentName } from "./ledger-names.ts"
import { buildLockQuery, runLock } from "./locks.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"
import { formatPartitionDefinition } from "./partition-definitions.ts"

/** A materialization beyond its retention. */
export interface Garbage {
  readonly id: number
  readonly asset: string
  /** Undefined if its asset, its key or its definition of partitions is no longer declared. */
  readonly partition: number | undefined
  readonly file: string
  readonly rows: number
  readonly bytes: number
  /** The time at which a newer materialization of its partition, another definition of its asset's partitions, or the removal of its asset was recorded. */
  readonly replacedMs: number
}

/** The current time, and the grace period of garbage. */
export interface GarbageOptions {
  readonly nowMs: number
  readonly graceMs: number
}

/** Retention in days for materializations of removed assets, which declare none. */
const removedAssetDays = 30

const msPerDay = 86_400_000

/**
 * Finds the materializations without retention: their partition has a newer one, their asset was removed or has other
 * partitions, for longer than their retention and the grace period. Published materializations, and inputs of retained ones, are retained.
 */
export async function findGarbage(
  client: Client,
  names: LedgerNames,
  { nowMs, graceMs }: GarbageOptions,
): Promise<readonly Garbage[]> {
  const retentions = [...names.graph.assets.values()].flatMap((asset) =>
    listNames(names, asset).map((name, _, { length }) => {
      const days = asset.kind === "source" ? removedAssetDays : asset.retention.days
      return { name, asset: asset.name, keepMs: days * msPerDay, isRenamed: length > 1 }
    }),
  )
  const readNames = listReadNames(names)
  const renamedAssets = retentions.filter(({ isRenamed }) => isRenamed)
  const { rows } = await client.query<GarbageRow>(garbageQuery, [
    renamedAssets.map(({ name }) => name),
    renamedAssets.map(({ asset }) => asset),
    retentions.map(({ name }) => name),
    retentions.map(({ keepMs }) => keepMs),
    removedAssetDays * msPerDay,
    nowMs - graceMs,
    ...toColumns(names),
    readNames.map(({ name }) => name),
    readNames.map(({ asset }) => asset),
  ])
  return rows.map(({ name, partition, ...row }) => {
    const asset = getCurrentName(names, name)
    const isDeclared = names.graph.assets.has(asset)
    return {
      ...row,
      asset,
      partition: isDeclared ? findPartitionById(names, asset, partition) : undefined,
    }
  })
}

/** The declared assets under all their names, their definitions of partitions, and the numbers of these partitions, as columns. */
function toColumns(names: LedgerNames) {
  const rows = [...names.graph.assets.values()].flatMap((asset) => {
    const block = names.blocks.get(asset.name)
    if (block === undefined) return []
    return listNames(names, asset).map((name) => ({ name, asset, block }))
  })
  return [
    rows.map(({ name }) => name),
    rows.map(({ asset }) => asset.name),
    rows.map(({ asset }) => formatPartitionDefinition(asset.partitions)),
    rows.map(({ block }) => block.from),
    rows.map(({ block }) => block.to),
  ]
}

interface GarbageRow extends Omit<Garbage, "asset" | "partition"> {
  readonly name: string
  readonly partition: number
}

/**
 * An index alone gives the replaced rows, and only these rows are read. The inputs of retained materializations
 * were recorded with their step, under the names of that time. A materialization that is retained only as an
 * input of another one does not retain its own inputs.
 */
const garbageQuery = `
  with renamed as (
    select * from unnest($1::text[], $2::text[]) as renamed (name, asset)
  ), keeping as (
    select * from unnest($3::text[], $4::float8[]) as keeping (name, keep_ms)
  ), replaced as (
    select asset as name, partition, seq, asset as newer_name, newer_seq
    from (
      select asset, partition, seq,
        lead(seq) over (partition by asset, partition order by seq) as newer_seq
      from freshet.materializations where asset <> all($1)
    ) as plain
    where newer_seq is not null
    union all
    select name, partition, seq, newer_name, newer_seq
    from (
      select name, partition, seq, lead(name) over past as newer_name,
        lead(seq) over past as newer_seq
      from freshet.materializations as m join renamed on renamed.name = m.asset
      window past as (partition by renamed.asset, partition order by seq)
    ) as moved
    where newer_seq is not null
  ), past as (
    select m.*, newer.recorded_at as replaced_at
    from replaced
    join freshet.materializations as m on m.asset = replaced.name
      and m.partition = replaced.partition and m.seq = replaced.seq
    join freshet.materializations as newer on newer.asset = replaced.newer_name
      and newer.partition = replaced.partition and newer.seq = replaced.newer_seq
    union all
    select m.*, removed.removed_at
    from freshet.declared_assets as removed
    join freshet.materializations as m on m.asset = removed.name
    where removed.removed_at is not null and removed.name <> all($3)
    union all
    select m.*, changed.partitions_changed_at
    from unnest($7::text[], $8::text[], $9::text[], $10::integer[], $11::integer[])
      as present (name, asset, definition, low, high)
    join freshet.declared_assets as changed on changed.name = present.asset
    join freshet.materializations as m on m.asset = present.name
    where changed.partitions_changed_at is not null and changed.partitions = present.definition
      and m.partition not between present.low and present.high
  ), old as materialized (
    select distinct on (id) past.*, coalesce(renamed.asset, past.asset) as owner,
      ${toMilliseconds("replaced_at")} as replaced_ms
    from past
    left join renamed on renamed.name = past.asset
    left join keeping on keeping.name = past.asset
    where ${toMilliseconds("replaced_at")} + coalesce(keep_ms, $5) < $6
      and file not in (select file from freshet.published_partitions)
    order by id, replaced_at
  ), reading as (
    select reads from freshet.steps
    where exists (select from old) and id in (
      select step from freshet.materializations as retained
      where not exists (select from old where old.id = retained.id)
    )
  ), read as (
    select coalesce(read_name.asset, input ->> 1) as owner, (version ->> 0)::integer as partition,
      version ->> 1 as data_version
    from reading cross join jsonb_array_elements(reading.reads) as input
    left join unnest($12::text[], $13::text[]) as read_name (name, asset)
      on read_name.name = input ->> 1
    cross join jsonb_array_elements(input -> 3) as version
  )
  select id::float8, asset as name, partition, file, rows::float8, bytes::float8,
    replaced_ms as "replacedMs"
  from old
  where not exists (
    select from read where read.owner = old.owner and read.partition = old.partition
      and read.data_version = old.data_version
  )
  order by owner, partition, seq`

/** Wipes materializations, all of them or none, and returns their number. Only a session with the run lock may. */
export async function wipeMaterializations(
  client: Client,
  ids: readonly number[],
): Promise<number> {
  return wipeWhere(client, "id = any($1::bigint[])", [ids])
}

/** Wipes the materializations that match a condition in SQL. */
export async function wipeWhere(
  client: Client,
  condition: string,
  values: readonly unknown[],
): Promise<number> {
  const { rows } = await client.query<{ ownsRunLock: boolean; wiped: number }>(
    buildWipeStatement(condition),
    [...values],
  )
  const [result] = rows
  if (result?.ownsRunLock !== true)
    throw new FreshetError("ledger", "Only a command with the run lock may wipe materializations.")
  return result.wiped
}

/** Builds the statement of a wipe, which is one transaction. */
const buildWipeStatement = (condition: string) => `
  with run_lock as (
    select exists (
      select from ${buildLockQuery(runLock)} as lock where granted and pid = pg_backend_pid()
    ) as is_owned
  ), wiped as (
    delete from freshet.materializations
    where ${condition} and (select is_owned from run_lock)
    returning asset, partition
  ), ${buildEpochStatements("wiped")}
  select is_owned as "ownsRunLock", (select count(*)::integer from wiped) as wiped from run_lock`

/**
 * Lists every file that the ledger or that of another environment refers to, as its key in the store: materializations,
 * quarantined lines of retained or young steps, copies of landed files of retained steps, and failed rows younger than
 * the grace period, after these materializations of the ledger are wiped. A key may occur more than once.
 */
export async function* listReferencedFiles(
  client: Client,
  { nowMs, graceMs }: GarbageOptions,
  wipedIds: readonly number[] = [],
): AsyncGenerator<string> {
  await client.query("begin isolation level repeatable read read only")
  try {
    const environments = await readEnvironments(client)
    const schemas = environments.map(({ name }) => quoteLedgerSchema(name))
    await client.query(buildReferencedFilesQuery(schemas), [(nowMs - graceMs) / 1000, wipedIds])
    for (;;) {
      const { rows } = await client.query<[string]>({
        rowMode: "array",
        text: "fetch 20000 from referenced_files",
      })
      if (rows.length === 0) return
      for (const [file] of rows) yield file
    }
  } finally {
    await client.query("rollback")
  }
}

function buildReferencedFilesQuery(environmentSchemas: readonly string[]): string {
  const ledgers = [
    buildLedgerFilesQuery("freshet", "$2::bigint[]"),
    ...environmentSchemas.map((schema) => buildLedgerFilesQuery(schema, "'{}'::bigint[]")),
  ]
  return `declare referenced_files no scroll cursor for ${ledgers.join(" union all ")}`
}

const buildLedgerFilesQuery = (schema: string, wipedIds: string) => `
  select file from ${schema}.materializations where id <> all(${wipedIds})
  union all
  select jsonb_array_elements_text(failed_files) from ${schema}.steps
  where outcome in ('failed', 'checks_failed') and failed_files is not null and ended_at >= to_timestamp($1)
  union all
  select copy ->> 5 from ${schema}.steps cross join jsonb_array_elements(landed_copies) as copy
  where landed_copies is not null
    and id in (select step from ${schema}.materializations where id <> all(${wipedIds}))
  union all
  select file from ${schema}.line_counts
  where file is not null and (
    step in (select step from ${schema}.materializations where id <> all(${wipedIds}))
    or step in (select id from ${schema}.steps where ended_at >= to_timestamp($1))
  )`
