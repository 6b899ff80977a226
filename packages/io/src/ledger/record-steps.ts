import {
  type CheckResult,
  findAssetByStableName,
  FreshetError,
  type Materialization,
  type ReadVersions,
  type StepRecord,
} from "@freshet/core/engine"
import type { RecordedCopy, RecordedRead } from "@freshet/schema/ledger"
import type { Client } from "pg"

import { type LedgerNames, listRecordedNames, getPartitionId } from "./ledger-names.ts"
import { recordingLock } from "./locks.ts"
import { toStorableText } from "./storable-text.ts"

/**
 * Records ended steps in this order and in one transaction, and releases their claims. No two are of the same partition
 * of a computation. Fails if their run has ended.
 */
export async function recordSteps(
  client: Client,
  { names, worker }: { readonly names: LedgerNames; readonly worker: number },
  records: readonly StepRecord[],
): Promise<void> {
  const rows = records.map((record, ordinal) => toStepRow(names, record, ordinal))
  const values = [JSON.stringify(rows, toStorable), worker]
  const query = { name: "record_steps", text: recordStepsStatement, values }
  const { rows: results } = await client.query<{ recorded: number }>(query)
  if (results[0]?.recorded !== records.length)
    throw new FreshetError("ledger", "The ledger refused a record: its run has ended.")
}

/** Tests if one statement can record a step together with others: one statement changes a row only once. */
export function canShareStatement(
  record: StepRecord,
  groupedRecords: readonly StepRecord[],
): boolean {
  return !groupedRecords.some(
    (groupedRecord) =>
      groupedRecord.computation === record.computation &&
      groupedRecord.partition === record.partition,
  )
}

/** Converts integers and the text of samples to values that PostgreSQL can store. */
function toStorable(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString()
  return typeof value === "string" ? toStorableText(value) : value
}

/** Converts a step to the input of the statement below. */
function toStepRow(names: LedgerNames, record: StepRecord, ordinal: number) {
  const { outcome, materializations } = record
  const materialized = outcome.kind === "materialized" ? materializations : []
  return {
    ordinal,
    run: record.run,
    computation: record.computation,
    partition: getPartitionId(names, record.computation, record.partition),
    input_version: record.inputVersion,
    fingerprint: record.fingerprint,
    outcome: outcome.kind,
    message: findMessage(record),
    hint: outcome.kind === "failed" ? outcome.hint : undefined,
    failed_files: outcome.kind === "checks_failed" ? outcome.failedFiles : undefined,
    reads: record.reads.map((read) => toRecordedRead(names, read)),
    landed_copies: toRecordedCopies(names, record.reads),
    rows: materializations.reduce((sum, { rows }) => sum + rows, 0),
    bytes: materializations.reduce((sum, { bytes }) => sum + bytes, 0),
    started_ms: record.startedMs,
    ended_ms: record.endedMs,
    materialized: materialized.map((materialization) =>
      toMaterializationRow(names, record, materialization),
    ),
    confirmed: toConfirmedRows(names, record),
    checks: record.checks,
    line_counts: record.lineCounts,
  }
}

function toRecordedRead(
  names: LedgerNames,
  { relation, asset, short, versions }: ReadVersions,
): RecordedRead {
  const toPartitionId = createPartitionNumbering(names, asset)
  const recordedVersions = versions.map(
    ([partition, version]) => [toPartitionId(partition), version] as const,
  )
  return [relation, asset, short, recordedVersions]
}

/** Numbers the partitions of an asset, which is given by its name in versions. */
function createPartitionNumbering(names: LedgerNames, stableName: string) {
  const name = findAssetByStableName(names.graph, stableName)?.name ?? stableName
  return (partition: number) => getPartitionId(names, name, partition)
}

const noFiles: NonNullable<ReadVersions["files"]> = new Map()

/** Lists the copies of landed files that some reads refer to; undefined if there are none. */
function toRecordedCopies(
  names: LedgerNames,
  reads: readonly ReadVersions[],
): readonly RecordedCopy[] | undefined {
  const copies = reads.flatMap(({ relation, asset, files = noFiles }) => {
    const toPartitionId = createPartitionNumbering(names, asset)
    return [...files].flatMap(([partition, landedFiles]) =>
      landedFiles.flatMap(({ path, hash, bytes, copy }): readonly RecordedCopy[] =>
        copy === undefined ? [] : [[relation, toPartitionId(partition), path, hash, bytes, copy]],
      ),
    )
  })
  return copies.length === 0 ? undefined : copies
}

function findMessage({ outcome, checks }: StepRecord): string | undefined {
  if (outcome.kind === "failed") return outcome.message
  if (outcome.kind === "checks_failed") return formatFailedChecks(checks)
  return outcome.kind === "skipped" ? outcome.blocker : undefined
}

/** Formats failed checks: `1,200 rows of user_recs fail unique(user_id, rec_id)`. */
function formatFailedChecks(checks: readonly CheckResult[]): string {
  return checks
    .filter((check) => check.severity === "error" && !check.passed)
    .map(({ asset, name, failures }) => `${formatFailedRows(failures, asset)} ${name}`)
    .join("; ")
}

function formatFailedRows(failures: number, asset: string): string {
  return failures === 1
    ? `1 row of ${asset} fails`
    : `${failures.toLocaleString("en-US")} rows of ${asset} fail`
}

function toMaterializationRow(
  names: LedgerNames,
  record: StepRecord,
  materialization: Materialization,
) {
  const { asset, partition, codeVersion, codeText, inputVersion, dataVersion, ...fields } =
    materialization
  const { fileIdentity, checksum, ...otherFields } = fields
  return {
    ...otherFields,
    asset,
    partition: getPartitionId(names, asset, partition),
    code_version: codeVersion,
    code_text: codeText ?? null,
    input_version: inputVersion,
    data_version: dataVersion,
    checksum: checksum ?? null,
    file_identity: fileIdentity ?? null,
    check_version: record.checkVersions[asset] ?? "",
    ...countFailures(record.checks, asset),
  }
}

/** Existing materializations that the step reused, checked or found unchanged. */
function toConfirmedRows(names: LedgerNames, record: StepRecord) {
  const { kind } = record.outcome
  if (kind !== "reused" && kind !== "checked" && kind !== "unchanged") return []
  const reusedAssets = kind === "checked" ? [] : record.materializations.map(({ asset }) => asset)
  const assets = new Set([...reusedAssets, ...Object.keys(record.checkVersions)])
  return [...assets].map((asset) => {
    const version = record.checkVersions[asset]
    const checkFields = version !== undefined && {
      check_version: version,
      ...countFailures(record.checks, asset),
    }
    return { names: listRecordedNames(names, asset), ...checkFields }
  })
}

function countFailures(checks: readonly CheckResult[], asset: string) {
  const failedChecks = checks.filter((check) => check.asset === asset && !check.passed)
  const errors = failedChecks.filter((check) => check.severity === "error").length
  return { failed_errors: errors, failed_warnings: failedChecks.length - errors }
}

/**
 * Records all steps in one statement: one transaction and one round trip. Steps of other runs are recorded before or
 * after it: a reader of the newest steps misses none that is committed later. Run and worker stay open until it has ended.
 */
const recordStepsStatement = `
with locked as materialized (
  select pg_advisory_xact_lock(${recordingLock.join(", ")})
), input as (
  select * from jsonb_to_recordset($1::jsonb) as input (
    ordinal integer, run text, computation text, partition integer, input_version text,
    fingerprint text, outcome text, message text, hint text, failed_files jsonb, reads jsonb, landed_copies jsonb,
    rows bigint, bytes bigint, started_ms float8, ended_ms float8, materialized jsonb,
    confirmed jsonb, checks jsonb, line_counts jsonb
  )
), open_run as (
  select runs.id from locked, freshet.runs, freshet.workers
  where runs.outcome is null and runs.id in (select run from input)
    and workers.id = $2 and workers.ended_at is null
  for share of runs, workers
), record as (
  select input.* from input join open_run on open_run.id = input.run
), released as (
  delete from freshet.claims using record
  where claims.kind = 'step' and claims.name = record.computation
    and claims.partition = record.partition and claims.worker = $2
), recorded as (
  insert into freshet.steps (
    run, computation, partition, input_version, fingerprint, outcome, message, hint, failed_files,
    reads, landed_copies, rows, bytes, started_at, ended_at
  )
  select run, computation, partition, input_version, fingerprint, outcome, message, hint, failed_files,
    reads, landed_copies, rows, bytes, to_timestamp(started_ms / 1000), to_timestamp(ended_ms / 1000)
  from record order by ordinal
  returning id, computation, partition
), step as (
  select recorded.id, record.* from record join recorded using (computation, partition)
), materialized as (
  insert into freshet.materializations (
    asset, partition, code_version, code_text, input_version, fingerprint, data_version, file, checksum, file_identity,
    rows, bytes, duration_ms, recorded_at, check_version, failed_errors, failed_warnings, step, last_step
  )
  select m.asset, m.partition, m.code_version, m.code_text, m.input_version, step.fingerprint, m.data_version,
    m.file, m.checksum, m.file_identity, m.rows, m.bytes, greatest(0, round(step.ended_ms - step.started_ms)), to_timestamp(step.ended_ms / 1000),
    m.check_version, m.failed_errors, m.failed_warnings, step.id, step.id
  from step, jsonb_to_recordset(step.materialized) as m (
    asset text, partition integer, code_version text, code_text text, input_version text, data_version text,
    file text, checksum text, file_identity text, rows bigint, bytes bigint, check_version text, failed_errors integer,
    failed_warnings integer
  )
  order by step.ordinal
  on conflict (asset, partition, input_version) do update set
    code_version = excluded.code_version,
    code_text = excluded.code_text,
    fingerprint = excluded.fingerprint,
    data_version = excluded.data_version,
    file = excluded.file,
    checksum = excluded.checksum,
    file_identity = excluded.file_identity,
    rows = excluded.rows,
    bytes = excluded.bytes,
    duration_ms = excluded.duration_ms,
    recorded_at = excluded.recorded_at,
    check_version = excluded.check_version,
    failed_errors = excluded.failed_errors,
    failed_warnings = excluded.failed_warnings,
    step = excluded.step,
    last_step = excluded.last_step,
    seq = excluded.seq,
    contradicted_version = case
      when materializations.data_version <> excluded.data_version
      then materializations.data_version
      else materializations.contradicted_version
    end
), confirmed as (
  update freshet.materializations as old set
    last_step = step.id,
    fingerprint = coalesce(nullif(step.fingerprint, ''), old.fingerprint),
    seq = case when step.outcome = 'reused'
      then nextval('freshet.materializations_seq_seq') else old.seq end,
    recorded_at = case when step.outcome = 'reused'
      then to_timestamp(step.ended_ms / 1000) else old.recorded_at end,
    check_version = coalesce(t.check_version, old.check_version),
    failed_errors = coalesce(t.failed_errors, old.failed_errors),
    failed_warnings = coalesce(t.failed_warnings, old.failed_warnings)
  from step, jsonb_to_recordset(step.confirmed) as t (
    names text[], check_version text, failed_errors integer, failed_warnings integer
  ), lateral (
    select id from freshet.materializations as recorded
    where recorded.asset = any(t.names) and recorded.partition = step.partition
      and recorded.input_version = step.input_version
    order by array_position(t.names, recorded.asset) limit 1
  ) as existing
  where old.id = existing.id and (
    step.outcome <> 'unchanged' or step.fingerprint not in ('', old.fingerprint)
  )
), checked as (
  insert into freshet.check_results (step, asset, name, severity, passed, failures, sample)
  select step.id, c.asset, c.name, c.severity, c.passed, c.failures, c.sample
  from step, jsonb_to_recordset(step.checks) as c (
    asset text, name text, severity text, passed boolean, failures bigint, sample jsonb
  )
), counted as (
  insert into freshet.line_counts (step, source, lines, rows, quarantined, reasons, file)
  select step.id, l.source, l.lines, l.rows, l.quarantined, l.reasons, l.file
  from step, jsonb_to_recordset(step.line_counts) as l (
    source text, lines bigint, rows bigint, quarantined bigint, reasons jsonb, file text
  )
)
select count(*)::integer as recorded from recorded`
