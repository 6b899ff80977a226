import { hostname } from "node:os"

import type { Client, QueryConfig } from "pg"

import { buildWorkerLockTest, workerNamespace } from "./locks.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"

/** The time after its last heartbeat in which a worker that still has a session counts as alive. */
const leaseSeconds = 30

/** The time between two heartbeats of a worker. */
export const heartbeatMs = 5_000

/** Registers a worker, which lives as long as the session, and returns its id. */
export async function registerWorker(
  client: Client,
  { run, pid }: { readonly run: string; readonly pid: number },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `with registered as (
       insert into freshet.workers (run, host, pid, lease_until)
       values ($1, $2, $3, now() + interval '${leaseSeconds} seconds') returning id
     )
     select id, pg_advisory_lock_shared($4, id) from registered`,
    [run, hostname(), pid, workerNamespace],
  )
  const [row] = rows
  if (row === undefined) throw new Error("a worker was not registered")
  return row.id
}

/** Makes a further session one of the worker's, so that it is ended with the worker. */
export async function holdWorkerLock(client: Client, worker: number): Promise<void> {
  await client.query("select pg_advisory_lock_shared($1, $2)", [workerNamespace, worker])
}

/** Extends the lease of a worker; false if another process has ended the worker. */
export async function extendLease(client: Client, worker: number): Promise<boolean> {
  const { rowCount } = await client.query(extendLeaseQuery(worker))
  return rowCount === 1
}

/** A server that does not answer for the time of a lease is lost. */
const extendLeaseQuery = (worker: number): QueryConfig & { readonly query_timeout: number } => ({
  text: `update freshet.workers
    set heartbeat_at = now(), lease_until = now() + interval '${leaseSeconds} seconds'
    where id = $1 and ended_at is null`,
  values: [worker],
  query_timeout: leaseSeconds * 1000,
})

/** Ends a worker of this process with its claims. */
export async function endWorker(client: Client, worker: number): Promise<void> {
  await client.query(
    `with ended as (
       update freshet.workers set ended_at = now() where id = $1 and ended_at is null
     )
     delete from freshet.claims where worker = $1`,
    [worker],
  )
}

/**
 * Ends the workers that no longer live: their sessions are closed, their claims are released and their runs are closed as
 * killed. A worker that was only stopped can record nothing when it continues.
 */
export async function endDeadWorkers(client: Client): Promise<void> {
  const { rows } = await client.query<DeadWorkers>(`select ${deadWorkersColumns}`)
  for (const deadWorkers of rows) await endListedWorkers(client, deadWorkers)
}

/** The workers that no longer live. */
export interface DeadWorkers {
  readonly dead: readonly number[]
  /** True if runs or claims belong to no worker. */
  readonly isAnyOrphaned: boolean
}

/** Ends dead workers. Writes nothing if there is nothing to end. */
export async function endListedWorkers(
  client: Client,
  { dead, isAnyOrphaned }: DeadWorkers,
): Promise<void> {
  if (dead.length > 0) await client.query(terminateStatement, [dead])
  if (dead.length > 0 || isAnyOrphaned) await client.query(endStatement, [dead])
}

/** SQL: tests if a worker, given by its id in SQL, lives. */
export function buildLivenessTest(worker: string): string {
  return `exists (
    select from freshet.workers as live
    where live.id = ${worker} and live.ended_at is null and live.lease_until > now()
      and ${buildWorkerLockTest("live.id")}
  )`
}

/** SQL: tests if a worker, given by its id in SQL, has ended. */
const buildEndTest = (worker: string) =>
  `not exists (select from freshet.workers where id = ${worker} and ended_at is null)`

/** SQL: tests if a run that has not ended belongs to no worker. Runs of earlier versions have none. */
const orphanedRunTest = `runs.outcome is null and (runs.worker is null or ${buildEndTest("runs.worker")})`

/** SQL: tests if a claim belongs to no worker. A command in another environment may have ended a worker without its claims. */
const orphanedClaimTest = buildEndTest("claims.worker")

/** SQL: the columns of `DeadWorkers`. */
export const deadWorkersColumns = `
  array(
    select id from freshet.workers
    where ended_at is null and (lease_until <= now() or not ${buildWorkerLockTest("workers.id")})
  ) as dead,
  exists (select from freshet.runs where ${orphanedRunTest})
    or exists (select from freshet.claims where ${orphanedClaimTest}) as "isAnyOrphaned"`

/** A role without the right to end a session leaves it: what it tries to record is refused. */
const terminateStatement = `
  select pg_terminate_backend(lock.pid, 1000)
  from pg_locks as lock join pg_stat_activity as session on session.pid = lock.pid
  where lock.locktype = 'advisory' and lock.classid = ${workerNamespace} and lock.objid::bigint = any($1::bigint[])
    and lock.objsubid = 2 and pg_has_role(session.usename, 'member')
    and lock.database = (select oid from pg_database where datname = current_database())`

const endStatement = `
  with ended as (
    update freshet.workers set ended_at = now() where id = any($1::integer[]) and ended_at is null
    returning id
  ), released as (
    delete from freshet.claims where worker = any($1::integer[]) or ${orphanedClaimTest}
  )
  update freshet.runs set outcome = 'killed', ended_at = greatest(
    started_at, (select max(ended_at) from freshet.steps where run = runs.id)
  )
  where (outcome is null and worker = any($1::integer[])) or (${orphanedRunTest})`

/** A living worker, for people. */
export interface LiveWorker {
  readonly worker: number
  readonly run: string
  readonly host: string
  readonly pid: number
  readonly startedMs: number
  readonly heartbeatMs: number
  /** The steps, publications and ticks that it does at present. */
  readonly claims: number
}

/** Reads the living workers, the oldest first. */
export async function readWorkers(client: Client): Promise<readonly LiveWorker[]> {
  const { rows } = await client.query<LiveWorker>(`
    select id as worker, run, host, pid, ${toMilliseconds("started_at")} as "startedMs",
      ${toMilliseconds("heartbeat_at")} as "heartbeatMs",
      (select count(*)::integer from freshet.claims where claims.worker = workers.id) as claims
    from freshet.workers where ${buildLivenessTest("workers.id")} order by id`)
  return rows
}
