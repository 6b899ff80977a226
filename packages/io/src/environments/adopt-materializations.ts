import type { Client } from "pg"

import { buildEpochStatements } from "../ledger/epoch.ts"
import { quoteLedgerSchema } from "./environments.ts"

/** Materializations in the ledger of an environment, as a condition over its rows `m` in SQL. */
interface AdoptionSource {
  /** The schema of the ledger as SQL. */
  readonly schema: string
  /** Added to the command of its runs: ` --env pr-42`; empty for the default environment. */
  readonly flag: string
  readonly condition: string
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
  const schema = quoteLedgerSchema(environment)
  const source = { schema, flag: ` --env ${environment}`, condition: "id = any($1::bigint[])" }
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
    insert into freshet.runs (
      id, command, steps, host, pid, worker, started_at, ended_at, outcome, work, code_version,
      cancel_requested_at
    )
    select id, case when command like '% --env %' then command else command || '${flag}' end, steps,
      host, pid, worker, started_at, coalesce(ended_at, now()), coalesce(outcome, 'interrupted'),
      work, code_version, cancel_requested_at
    from ${schema}.runs where id in (select run from adoptable_steps)
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
