import type { CheckResult, LineCount, ReadVersions, RunOutcome } from "@freshet/core"
import {
  checkResults,
  lineCounts,
  materializations,
  type RecordedRead,
  runs,
  steps,
} from "@freshet/schema"
import { asc, count, desc, eq, inArray, like } from "drizzle-orm"
import type { Client } from "pg"

/** A run as `runs` lists it. */
export interface RecordedRun {
  readonly id: string
  readonly command: string
  readonly host: string
  readonly pid: number
  readonly startedMs: number
  readonly endedMs: number | undefined
  /** Undefined while it is under way, or until the next run notices that it was killed. */
  readonly outcome: RunOutcome | undefined
  /** How many steps it meant to take, and how many ended in which way. */
  readonly steps: number
  readonly ended: Readonly<Partial<Record<StepOutcomeKind, number>>>
}

/** How a recorded step ended. */
export type StepOutcomeKind = (typeof steps.$inferSelect)["outcome"]

/** A step of a run, with everything that was recorded of it. */
export interface RecordedStep {
  readonly computation: string
  readonly partition: number
  readonly inputVersion: string
  readonly outcome: StepOutcomeKind
  readonly message: string | undefined
  readonly hint: string | undefined
  readonly kept: readonly string[]
  readonly reads: readonly ReadVersions[]
  readonly rows: number
  readonly startedMs: number
  readonly endedMs: number
  readonly checks: readonly CheckResult[]
  readonly lineCounts: readonly LineCount[]
}

/** The newest runs, newest first. */
export async function readRuns(client: Client, limit: number): Promise<readonly RecordedRun[]> {
  const db = await queries(client)
  return withEnded(
    client,
    await db.select().from(runs).orderBy(desc(runs.started_at), desc(runs.id)).limit(limit),
  )
}

/** The runs whose id begins so, newest first: one, for a prefix that is long enough. */
export async function findRuns(client: Client, prefix: string): Promise<readonly RecordedRun[]> {
  const db = await queries(client)
  const pattern = `${prefix.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return withEnded(
    client,
    await db.select().from(runs).where(like(runs.id, pattern)).orderBy(desc(runs.started_at)),
  )
}

/** The steps of a run, in the order in which they ended. */
export async function readSteps(client: Client, run: string): Promise<readonly RecordedStep[]> {
  const db = await queries(client)
  const taken = await db.select().from(steps).where(eq(steps.run, run)).orderBy(asc(steps.id))
  const ofRun = db.select({ id: steps.id }).from(steps).where(eq(steps.run, run))
  const checks = await db.select().from(checkResults).where(inArray(checkResults.step, ofRun))
  const counts = await db.select().from(lineCounts).where(inArray(lineCounts.step, ofRun))
  const checksOf = grouped(checks)
  const countsOf = grouped(counts)
  return taken.map((step) => ({
    computation: step.computation,
    partition: step.partition,
    inputVersion: step.input_version,
    outcome: step.outcome,
    message: step.message ?? undefined,
    hint: step.hint ?? undefined,
    kept: step.kept ?? [],
    reads: step.reads.map(readVersions),
    rows: step.rows,
    startedMs: step.started_at.getTime(),
    endedMs: step.ended_at.getTime(),
    checks: (checksOf.get(step.id) ?? []).map(({ step: _, ...check }) => check),
    lineCounts: (countsOf.get(step.id) ?? []).map(({ step: _, file, ...lines }) => ({
      ...lines,
      file: file ?? undefined,
    })),
  }))
}

/** What a materialization was made from, and whether the same inputs once gave other rows. */
export interface Provenance {
  readonly run: string
  readonly reads: readonly ReadVersions[]
  /** The data version that the same inputs gave before; undefined for what is deterministic, as far as anybody has seen. */
  readonly contradicted: string | undefined
}

/** Materialization → what it was made from. */
export async function readProvenance(
  client: Client,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Provenance>> {
  const db = await queries(client)
  const rows = await db
    .select({
      id: materializations.id,
      run: steps.run,
      reads: steps.reads,
      contradicted: materializations.contradicted_version,
    })
    .from(materializations)
    .innerJoin(steps, eq(steps.id, materializations.step))
    .where(inArray(materializations.id, [...ids]))
  return new Map(
    rows.map(({ id, run, reads, contradicted }) => [
      id,
      { run, reads: reads.map(readVersions), contradicted: contradicted ?? undefined },
    ]),
  )
}

async function queries(client: Client) {
  const { drizzle } = await import("drizzle-orm/node-postgres")
  return drizzle(client)
}

async function withEnded(
  client: Client,
  found: readonly (typeof runs.$inferSelect)[],
): Promise<readonly RecordedRun[]> {
  const db = await queries(client)
  const ids = found.map(({ id }) => id)
  const ended = await db
    .select({ run: steps.run, outcome: steps.outcome, steps: count() })
    .from(steps)
    .where(inArray(steps.run, ids))
    .groupBy(steps.run, steps.outcome)
  return found.map((run) => ({
    id: run.id,
    command: run.command,
    host: run.host,
    pid: run.pid,
    startedMs: run.started_at.getTime(),
    endedMs: run.ended_at?.getTime(),
    outcome: run.outcome ?? undefined,
    steps: run.steps,
    ended: Object.fromEntries(
      ended.flatMap((each) => (each.run === run.id ? [[each.outcome, each.steps]] : [])),
    ),
  }))
}

function readVersions([relation, asset, short, versions]: RecordedRead): ReadVersions {
  return { relation, asset, short, versions }
}

function grouped<R extends { readonly step: number }>(rows: readonly R[]): Map<number, R[]> {
  const byStep = new Map<number, R[]>()
  for (const row of rows) {
    const group = byStep.get(row.step)
    if (group === undefined) byStep.set(row.step, [row])
    else group.push(row)
  }
  return byStep
}
