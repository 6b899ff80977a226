import { setTimeout as delay } from "node:timers/promises"

import {
  FreshetError,
  getErrorMessage,
  type StepOutcome,
  type StepPool,
} from "@freshet/core/engine"
import type { Client } from "pg"

import { createLimiter } from "../limiter.ts"
import { connectLedger, type ReusableDatabase } from "./connection.ts"
import { keepOrEnd, takeIdle } from "./idle-connections.ts"
import { withTransaction } from "./transaction.ts"
import {
  buildLivenessTest,
  endDeadWorkers,
  extendLease,
  heartbeatMs,
  holdWorkerLock,
} from "./workers.ts"

/** The claims of one worker. They have a connection of their own, so that a long statement of the run delays no heartbeat. */
export interface Claims {
  /** Claims work for the worker; work of another worker is not claimed, work of a dead worker is. */
  readonly claim: (claim: RecordedClaim) => Promise<boolean>
  /** Tests if a run of a higher priority than the worker's executes steps, or can. */
  readonly isOutranked: () => Promise<boolean>
  /** Records that the worker only waits, and the pools for whose slots it does; undefined when it goes on. */
  readonly recordAwaitedPools: (pools: readonly string[] | undefined) => Promise<void>
  /** Claims a step, and reads what other processes have recorded of it before; undefined if another worker has it. */
  readonly claimStep: (
    claim: RecordedClaim,
    step: ClaimedStep,
  ) => Promise<ClaimedStepRecords | undefined>
  readonly release: (claim: RecordedClaim) => Promise<void>
  readonly close: () => Promise<void>
  /** Closes the claims of an ended worker; a server keeps their connection. */
  readonly end: () => Promise<void>
}

/** Work under way, as the ledger names it. */
export interface RecordedClaim {
  readonly kind: "step" | "publication" | "tick" | "request"
  readonly name: string
  readonly partition: number
  readonly pool?: StepPool | undefined
}

/** A claimed step of a run, as the ledger names it. */
export interface ClaimedStep {
  readonly run: string
  readonly computation: string
  readonly partition: number
  /** The names of its outputs, previous ones included. */
  readonly assets: readonly string[]
}

/** The newest materialization of a step's outputs, 0 without any, its failed attempts in the run, and its outcome if the run has recorded the step. */
export interface ClaimedStepRecords {
  readonly newestRecord: number
  readonly failedAttempts: number
  readonly outcome: StepOutcome | undefined
}

/** A registered worker, and its run. `onLost` is called when the worker can record nothing more. */
interface ClaimsOptions {
  readonly worker: number
  readonly run: string
  readonly onLost: (error: FreshetError) => void
}

/** Opens the claims of a worker. */
export async function openClaims(
  database: ReusableDatabase,
  { worker, run, onLost }: ClaimsOptions,
): Promise<Claims> {
  const client = await openConnection(database, worker)
  const takeTurn = createLimiter(1) // one statement after the other
  const extend = () => takeTurn(() => extendLease(client, worker))
  const stopping = new AbortController()
  const heart = beat(extend, stopping.signal).catch((cause: unknown) => {
    if (!stopping.signal.aborted) onLost(toLostError(cause))
  })
  return {
    claim: (claim) => takeTurn(() => insertLiveClaim(client, worker, claim)),
    claimStep: (claim, step) =>
      takeTurn(async () => {
        const [isClaimed, records] = await insertAndRead(client, worker, claim, step)
        if (isClaimed) return records
        if (!(await insertLiveClaim(client, worker, claim))) return undefined
        return readRecords(client, step)
      }),
    isOutranked: () => takeTurn(() => isOutranked(client, run)),
    recordAwaitedPools: (pools) => takeTurn(() => recordAwaitedPools(client, worker, pools)),
    release: (claim) => takeTurn(() => deleteClaim(client, worker, claim)),
    close: async () => {
      stopping.abort()
      await endAtOnce(client)
      await heart
    },
    end: async () => {
      stopping.abort()
      await heart
      await keepOrEnd(database.idle, { url: database.url, kind: "claims", client })
    },
  }
}

/** Opens a connection that holds the lock of a worker. Its commits are not synced: a claim that a crash of the server loses was lost with its session. */
async function openConnection({ url, idle }: ReusableDatabase, worker: number): Promise<Client> {
  const idleClient = takeIdle(idle, url, "claims")
  if (idleClient !== undefined) {
    const isHeld = await holdWorkerLock(idleClient, worker).then(
      () => true,
      () => false,
    )
    if (isHeld) return idleClient
    await idleClient.end()
  }
  const applicationName = `freshet claims, worker ${worker}`
  const client = await connectLedger(url, { applicationName, isPipelined: true })
  await Promise.all([client.query("set synchronous_commit = off"), holdWorkerLock(client, worker)])
  return client
}

/** Ends a pipelined connection without waiting for the answers to its statements: a server that hangs gives none. */
async function endAtOnce(client: Client): Promise<void> {
  const end = client.end()
  const { connection } = client as unknown as {
    readonly connection: { readonly stream: { readonly destroy: () => void } }
  } // as the client has it
  connection.stream.destroy()
  await end
}

/** Extends the lease until the signal is aborted. Fails when the worker was ended or the connection is lost. */
async function beat(extend: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (await isPausedFor(heartbeatMs, signal))
    if (!(await extend()))
      throw new Error("another process ended it, because it had not answered for some time")
}

async function isPausedFor(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined)
  return !signal.aborted
}

function toLostError(cause: unknown): FreshetError {
  const message = `The run can record nothing more: ${getErrorMessage(cause)}.`
  return new FreshetError("ledger", message, {
    cause,
    hint: "Run the command again: it goes on after the last step that was recorded.",
  })
}

/** Inserts a claim if it is free, and reads the records of its step after that: both are sent at once, unless slots of a pool are counted. */
async function insertAndRead(
  client: Client,
  worker: number,
  claim: RecordedClaim,
  step: ClaimedStep,
): Promise<readonly [isClaimed: boolean, records: ClaimedStepRecords]> {
  const insertion = insertPooledClaim(client, worker, claim)
  if (claim.pool !== undefined) await insertion
  return Promise.all([insertion, readRecords(client, step)])
}

/** Inserts a claim that is free, or becomes free when dead workers are ended. */
async function insertLiveClaim(
  client: Client,
  worker: number,
  claim: RecordedClaim,
): Promise<boolean> {
  if (await insertPooledClaim(client, worker, claim)) return true
  await endDeadWorkers(client)
  return insertPooledClaim(client, worker, claim)
}

/** Inserts a claim if it is free and its pool has a free slot. Claims of one pool are inserted one after the other. */
async function insertPooledClaim(
  client: Client,
  worker: number,
  claim: RecordedClaim,
): Promise<boolean> {
  const { pool } = claim
  if (pool === undefined) return insertClaim(client, worker, claim)
  return withTransaction(client, async () => {
    await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `freshet pool ${pool.name}`,
    ])
    const { rows } = await client.query<{ used: number }>(
      "select count(*)::integer as used from freshet.claims where pool = $1",
      [pool.name],
    )
    return (rows[0]?.used ?? 0) < pool.limit && insertClaim(client, worker, claim)
  })
}

async function insertClaim(
  client: Client,
  worker: number,
  { kind, name, partition, pool }: RecordedClaim,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "insert_claim",
    text: `insert into freshet.claims (kind, name, partition, pool, worker)
      select $1, $2, $3, $5, id from freshet.workers where id = $4 and ended_at is null
        and ($1 <> 'step' or not ${buildOutrankedTest("workers.run", "$5")})
        and ($1 <> 'step' or not ${buildPauseTest("workers.run")})
      on conflict do nothing`,
    values: [kind, name, partition, worker, pool?.name ?? null],
  })
  return rowCount === 1
}

async function isOutranked(client: Client, run: string): Promise<boolean> {
  const { rows } = await client.query<{ outranked: boolean }>(
    `select ${buildOutrankedTest("$1", "null")} as outranked`,
    [run],
  )
  return rows[0]?.outranked === true
}

/**
 * SQL: tests if a run of a higher priority than a run executes steps, or can, or waits for a slot of a pool. The id of the
 * run and the pool, or null, are given in SQL.
 */
function buildOutrankedTest(run: string, pool: string): string {
  return `exists (
    select from freshet.runs as lower join freshet.runs as higher on higher.priority > lower.priority
      join freshet.workers as other on other.run = higher.id and other.ended_at is null
    where lower.id = ${run} and higher.outcome is null
      and (other.awaited_pools is null or ${pool} = any(other.awaited_pools))
      and ${buildLivenessTest("other.id")}
  )`
}

/** SQL: tests if the pause after a failed attempt of a run at the step of a claim has not ended. The id of the run is given in SQL. */
function buildPauseTest(run: string): string {
  return `exists (
    select from freshet.attempts
    where run = ${run} and computation = $2 and attempts.partition = $3 and next_attempt_at > now()
  )`
}

async function recordAwaitedPools(
  client: Client,
  worker: number,
  pools: readonly string[] | undefined,
): Promise<void> {
  await client.query("update freshet.workers set awaited_pools = $2 where id = $1", [
    worker,
    pools ?? null,
  ])
}

async function deleteClaim(
  client: Client,
  worker: number,
  { kind, name, partition }: RecordedClaim,
): Promise<void> {
  await client.query(
    "delete from freshet.claims where kind = $1 and name = $2 and partition = $3 and worker = $4",
    [kind, name, partition, worker],
  )
}

interface RecordsRow {
  readonly newest: string | null
  readonly attempts: number
  readonly kind: StepOutcome["kind"] | null
  readonly message: string | null
  readonly hint: string | null
  readonly files: readonly string[] | null
}

async function readRecords(
  client: Client,
  { run, computation, partition, assets }: ClaimedStep,
): Promise<ClaimedStepRecords> {
  const { rows } = await client.query<RecordsRow>({
    name: "read_claimed_records",
    text: recordsQuery,
    values: [assets, partition, computation, run],
  })
  const [row] = rows
  return {
    newestRecord: Number(row?.newest ?? 0),
    failedAttempts: row?.attempts ?? 0,
    outcome: row && toOutcome(row),
  }
}

const recordsQuery = `
  select newest.id as newest, (
      select count(*)::integer from freshet.attempts
      where run = $4 and computation = $3 and attempts.partition = $2
    ) as attempts, step.outcome as kind, step.message, step.hint, step.failed_files as files
  from (
    select max(id) as id from freshet.materializations where asset = any($1) and partition = $2
  ) as newest left join lateral (
    select outcome, message, hint, failed_files from freshet.steps
    where computation = $3 and partition = $2 and run = $4 order by id desc limit 1
  ) as step on true`

function toOutcome({ kind, message, hint, files }: RecordsRow): StepOutcome | undefined {
  switch (kind) {
    case null:
      return undefined
    case "failed":
      return { kind, message: message ?? "", hint: hint ?? undefined }
    case "checks_failed":
      return { kind, failedFiles: files ?? [] }
    case "skipped":
      return { kind, blocker: message ?? "" }
    case "materialized":
    case "reused":
    case "unchanged":
    case "checked":
      return { kind }
  }
}
