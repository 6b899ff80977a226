import type { Client } from "pg"

import { buildEpochStatements } from "../ledger/epoch.ts"
import { quoteLedgerSchema } from "./environments.ts"

/** A ledger in the same database. */
export interface AdoptionLedger {
  /** Its schema as SQL. */
  readonly schema: string
  /** Added to the commands of its runs: ` --env pr-42`; empty for the default environment. */
  readonly flag: string
}

/** Materializations in a ledger, as a condition in SQL. */
interface AdoptionSource extends AdoptionLedger {
  readonly condition: string
}

/** The complete environments whose ledgers have all migrations. */
export interface MigratedLedgers {
  readonly migratedEnvironments: readonly string[]
}

/** SQL: the columns of `MigratedLedgers`. */
export const migratedLedgersColumns = `
  array(
    select name from freshet.environments
    where ready_at is not null and migration = (select max(created_at) from freshet.migrations)
    order by name
  ) as "migratedEnvironments"`

/** Lists the ledgers of the other environments whose records a connection to the ledger of an environment can adopt. */
export function listOtherLedgers(
  { migratedEnvironments }: MigratedLedgers,
  environment: string | undefined,
): readonly AdoptionLedger[] {
  const ledgers = migratedEnvironments.filter((name) => name !== environment).map(toAdoptionLedger)
  return environment === undefined ? ledgers : [{ schema: '"freshet"', flag: "" }, ...ledgers]
}

function toAdoptionLedger(environment: string): AdoptionLedger {
  return { schema: quoteLedgerSchema(environment), flag: ` --env ${environment}` }
}

/** The ledgers to look in, and a step as the ledger names it. */
interface AdoptionRequest {
  readonly sources: readonly AdoptionLedger[]
  readonly step: {
    readonly assets: readonly string[]
    readonly partition: number
    readonly inputVersions: readonly string[]
  }
}

/**
 * Adds the materializations of a step from the first of some ledgers that has any, with their steps, checks, counts of
 * lines and runs; false if none has one. Their ids are unique over all ledgers. The step that reuses them makes them
 * current. No file is read or written.
 */
export async function adoptMaterializations(
  client: Client,
  { sources, step }: AdoptionRequest,
): Promise<boolean> {
  for (const source of sources) if ((await adoptFrom(client, source, step)) > 0) return true
  return false
}

async function adoptFrom(
  client: Client,
  ledger: AdoptionLedger,
  { assets, partition, inputVersions }: AdoptionRequest["step"],
): Promise<number> {
  const condition =
    "asset = any($1::text[]) and partition = $2::integer and input_version = any($3::text[])"
  const { rows } = await client.query<{ adopted: number }>(
    `with ${buildAdoption({ ...ledger, condition })}, adopted as (
       insert into freshet.materializations select * from adoptable on conflict do nothing
       returning id
     )
     select count(*)::integer as adopted from adopted`,
    [assets, partition, inputVersions],
  )
  return rows[0]?.adopted ?? 0
}

/**
 * Makes materializations of another ledger the newest of their partitions, all or none, and returns their number. A new
 * epoch lets readers read these partitions again. The run lock must be held alone.
 */
export async function promoteMaterializations(
  client: Client,
  environment: string,
  ids: readonly number[],
): Promise<number> {
  const source = { ...toAdoptionLedger(environment), condition: "id = any($1::bigint[])" }
  const { rows } = await client.query<{ promoted: number }>(
    `with ${buildAdoption(source)}, promoted as (
       insert into freshet.materializations as present (
         id, asset, partition, code_version, code_text, input_version, fingerprint, data_version,
         file, checksum, file_identity, rows, bytes, duration_ms, recorded_at, check_version,
         failed_errors, failed_warnings, step, last_step, contradicted_version
       )
       select id, asset, partition, code_version, code_text, input_version, fingerprint, data_version,
         file, checksum, file_identity, rows, bytes, duration_ms, now(), check_version,
         failed_errors, failed_warnings, step, last_step, contradicted_version
       from adoptable order by seq
       on conflict (asset, partition, input_version) do update set
         code_version = excluded.code_version, code_text = excluded.code_text,
         fingerprint = excluded.fingerprint, data_version = excluded.data_version,
         file = excluded.file, checksum = excluded.checksum, file_identity = excluded.file_identity,
         rows = excluded.rows, bytes = excluded.bytes, duration_ms = excluded.duration_ms,
         recorded_at = excluded.recorded_at, check_version = excluded.check_version,
         failed_errors = excluded.failed_errors, failed_warnings = excluded.failed_warnings,
         step = excluded.step, last_step = excluded.last_step, seq = excluded.seq,
         contradicted_version = case
           when present.data_version <> excluded.data_version then present.data_version
           else present.contradicted_version
         end
       returning asset, partition
     ), ${buildEpochStatements("promoted")}
     select count(*)::integer as promoted from promoted`,
    [ids],
  )
  return rows[0]?.promoted ?? 0
}

/** SQL: the materializations of the source as `adoptable`; the records that they refer to are added. Runs under way count as interrupted. */
const buildAdoption = ({ schema, flag, condition }: AdoptionSource) => `
  adoptable as materialized (
    select * from ${schema}.materializations as m where ${condition}
  ), adoptable_steps as (
    select * from ${schema}.steps
    where id in (select step from adoptable union select last_step from adoptable)
  ), runs as (
    insert into freshet.runs
    select (jsonb_populate_record(run, jsonb_build_object(
      'command', case when command like '% --env %' then command else command || '${flag}' end,
      'ended_at', coalesce(ended_at, now()), 'outcome', coalesce(outcome, 'interrupted')
    ))).*
    from ${schema}.runs as run where id in (select run from adoptable_steps)
    on conflict do nothing
  ), steps as (
    insert into freshet.steps select * from adoptable_steps on conflict do nothing returning id
  ), check_results as (
    insert into freshet.check_results
    select * from ${schema}.check_results where step in (select id from steps)
  ), line_counts as (
    insert into freshet.line_counts
    select * from ${schema}.line_counts where step in (select id from steps)
  )`
