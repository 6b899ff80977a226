import {
  type CheckResult,
  findAssetByStableName,
  groupBy,
  type LandedFile,
  type LineCount,
  type ReadVersions,
  type RunKind,
  type RunOutcome,
} from "@freshet/core/engine"
import type { RecordedCopy, RecordedRead, runs, steps } from "@freshet/schema/ledger"
import { asc, count, desc, eq, inArray, like } from "drizzle-orm"
import type { Client } from "pg"

import { findPartitionById, getCurrentName, type LedgerNames } from "./ledger-names.ts"
import { openQueries } from "./queries.ts"
import { readLiveRuns } from "./run-lock.ts"

/** A recorded run. */
export interface RecordedRun {
  readonly id: string
  readonly command: string
  readonly kind: RunKind
  readonly host: string
  readonly pid: number
  /** The time from which it was to start; undefined if its process planned it at once. */
  readonly requestedMs: number | undefined
  readonly startedMs: number
  readonly endedMs: number | undefined
  /** Undefined while the run is under way; `killed` if its worker is dead. */
  readonly outcome: RunOutcome | "killed" | undefined
  /** The time at which another process requested its cancellation. */
  readonly cancelRequestedMs: number | undefined
  /** The number of planned steps, and of ended steps by outcome. */
  readonly steps: number
  readonly stepsByOutcome: Readonly<Partial<Record<StepOutcomeKind, number>>>
}

/** The outcome of a recorded step. */
export type StepOutcomeKind = (typeof steps.$inferSelect)["outcome"]

/** A recorded step of a run. */
export interface RecordedStep {
  readonly computation: string
  /** Undefined if its key is no longer declared. */
  readonly partition: number | undefined
  readonly inputVersion: string
  readonly fingerprint: string
  readonly outcome: StepOutcomeKind
  readonly message: string | undefined
  readonly hint: string | undefined
  readonly failedFiles: readonly string[]
  readonly reads: readonly ReadVersions[]
  readonly rows: number
  readonly startedMs: number
  readonly endedMs: number
  readonly checks: readonly CheckResult[]
  readonly lineCounts: readonly LineCount[]
}

/** Reads the newest runs, newest first. */
export async function readRuns(client: Client, limit: number): Promise<readonly RecordedRun[]> {
  const { db, runs } = await openQueries(client)
  return addStepOutcomes(
    client,
    await db.select().from(runs).orderBy(desc(runs.started_at), desc(runs.id)).limit(limit),
  )
}

/** Finds the runs with this prefix of the id, newest first. */
export async function findRuns(client: Client, prefix: string): Promise<readonly RecordedRun[]> {
  const { db, runs } = await openQueries(client)
  const pattern = `${prefix.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return addStepOutcomes(
    client,
    await db.select().from(runs).where(like(runs.id, pattern)).orderBy(desc(runs.started_at)),
  )
}

/** Reads the steps of a run in the order of their ends. */
export async function readSteps(
  client: Client,
  names: LedgerNames,
  run: string,
): Promise<readonly RecordedStep[]> {
  const { db, checkResults, lineCounts, steps } = await openQueries(client)
  const recordedSteps = await db
    .select()
    .from(steps)
    .where(eq(steps.run, run))
    .orderBy(asc(steps.id))
  const stepIds = db.select({ id: steps.id }).from(steps).where(eq(steps.run, run))
  const checks = await db.select().from(checkResults).where(inArray(checkResults.step, stepIds))
  const counts = await db.select().from(lineCounts).where(inArray(lineCounts.step, stepIds))
  const checksByStep = groupBy(checks, ({ step }) => step)
  const countsByStep = groupBy(counts, ({ step }) => step)
  return recordedSteps.map((step) => ({
    computation: getCurrentName(names, step.computation),
    partition: findPartitionById(names, getCurrentName(names, step.computation), step.partition),
    inputVersion: step.input_version,
    fingerprint: step.fingerprint,
    outcome: step.outcome,
    message: step.message ?? undefined,
    hint: step.hint ?? undefined,
    failedFiles: step.failed_files ?? [],
    reads: step.reads.map((read) => toReadVersions(names, read)),
    rows: step.rows,
    startedMs: step.started_at.getTime(),
    endedMs: step.ended_at.getTime(),
    checks: (checksByStep.get(step.id) ?? []).map(({ step: _, asset, ...check }) => ({
      ...check,
      asset: getCurrentName(names, asset),
    })),
    lineCounts: (countsByStep.get(step.id) ?? []).map(({ step: _, source, file, ...lines }) => ({
      ...lines,
      source: getCurrentName(names, source),
      file: file ?? undefined,
    })),
  }))
}

/** The inputs of a materialization, and other content that the same inputs once produced. */
export interface Provenance {
  readonly run: string
  readonly reads: readonly ReadVersions[]
  /** Another data version that the same inputs produced; undefined if none is recorded. */
  readonly contradictedVersion: string | undefined
}

/** Reads the provenance of materializations, by id. */
export async function readProvenance(
  client: Client,
  names: LedgerNames,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Provenance>> {
  const rows = await selectProvenance(client, ids)
  return new Map(rows.map((row) => [row.id, toProvenance(names, row)]))
}

async function selectProvenance(client: Client, ids: readonly number[]) {
  const { db, materializations, steps } = await openQueries(client)
  return db
    .select({
      id: materializations.id,
      asset: materializations.asset,
      run: steps.run,
      reads: steps.reads,
      copies: steps.landed_copies,
      contradictedVersion: materializations.contradicted_version,
    })
    .from(materializations)
    .innerJoin(steps, eq(steps.id, materializations.step))
    .where(inArray(materializations.id, [...ids]))
    .orderBy(desc(materializations.seq))
}

function toProvenance(
  names: LedgerNames,
  row: Awaited<ReturnType<typeof selectProvenance>>[number],
): Provenance {
  const { run, reads, copies, contradictedVersion } = row
  const versions = reads.map((read) => addCopies(names, toReadVersions(names, read), copies ?? []))
  return { run, reads: versions, contradictedVersion: contradictedVersion ?? undefined }
}

async function addStepOutcomes(
  client: Client,
  runRows: readonly (typeof runs.$inferSelect)[],
): Promise<readonly RecordedRun[]> {
  const { db, steps } = await openQueries(client)
  const ids = runRows.map(({ id }) => id)
  const outcomeCounts = await db
    .select({ run: steps.run, outcome: steps.outcome, steps: count() })
    .from(steps)
    .where(inArray(steps.run, ids))
    .groupBy(steps.run, steps.outcome)
  const liveRuns = runRows.some(({ outcome }) => outcome === null) ? await readLiveRuns(client) : []
  const liveIds = new Set(liveRuns.map(({ run }) => run))
  return runRows.map((run) => ({
    id: run.id,
    command: run.command,
    kind: run.kind,
    host: run.host,
    pid: run.pid,
    requestedMs: run.requested_at?.getTime(),
    startedMs: run.started_at.getTime(),
    endedMs: run.ended_at?.getTime(),
    outcome: run.outcome ?? (liveIds.has(run.id) ? undefined : "killed"),
    cancelRequestedMs: run.cancel_requested_at?.getTime(),
    steps: run.steps,
    stepsByOutcome: Object.fromEntries(
      outcomeCounts.flatMap((outcomeCount) =>
        outcomeCount.run === run.id ? [[outcomeCount.outcome, outcomeCount.steps]] : [],
      ),
    ),
  }))
}

/** Adds the copied files to a read as landed. */
function addCopies(
  names: LedgerNames,
  read: ReadVersions,
  copies: readonly RecordedCopy[],
): ReadVersions {
  const readCopies = copies.filter(([relation]) => relation === read.relation)
  if (readCopies.length === 0) return read
  const name = getCurrentName(names, read.asset)
  const files = new Map<number, LandedFile[]>()
  for (const [, id, path, hash, bytes, copy] of readCopies) {
    const partition = findPartitionById(names, name, id)
    if (partition === undefined) continue
    const partitionFiles = files.get(partition) ?? []
    files.set(partition, partitionFiles)
    partitionFiles.push({ path, hash, bytes, copy })
  }
  return { ...read, files }
}

/** Converts a recorded read to current names; partitions whose keys are no longer declared are left out. */
function toReadVersions(
  names: LedgerNames,
  [relation, asset, short, versions]: RecordedRead,
): ReadVersions {
  const name = findAssetByStableName(names.graph, asset)?.name ?? getCurrentName(names, asset)
  return {
    relation,
    asset,
    short,
    versions: versions.flatMap(([id, version]) => {
      const partition = findPartitionById(names, name, id)
      return partition === undefined ? [] : [[partition, version] as const]
    }),
  }
}
