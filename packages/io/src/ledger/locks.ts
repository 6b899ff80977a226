import type { Client } from "pg"

const lockNamespace = 0x66726573 // the first number, which locks of other programs in the database do not have

/** The first number of the locks that the sessions of a worker share; the second is the id of the worker. */
export const workerNamespace = lockNamespace + 1

/** A key of an advisory lock of the server. */
export type LockKey = readonly [namespace: number, id: number]

/** The run lock: shared by all runs, and held alone by what removes or moves records that a run may read. */
export const runLock: LockKey = [lockNamespace, 1]

/** The lock of a migration. */
export const migrationLock: LockKey = [lockNamespace, 2]

/** The lock under which a run opens, for milliseconds. */
export const openingLock: LockKey = [lockNamespace, 3]

/** The lock of the transaction that records steps: steps are committed in the order of their ids. */
export const recordingLock: LockKey = [lockNamespace, 4]

/** The lock under which environments are created and dropped. */
export const environmentLock: LockKey = [lockNamespace, 5]

/** Runs work while this session holds a lock alone. */
export async function withLock<T>(
  client: Client,
  key: LockKey,
  work: () => Promise<T>,
): Promise<T> {
  await client.query("select pg_advisory_lock($1, $2)", [...key])
  try {
    return await work()
  } finally {
    await client.query("select pg_advisory_unlock($1, $2)", [...key]).catch(() => undefined) // a lost connection holds no lock
  }
}

/** SQL: the sessions that hold or wait for a lock, as rows of `pg_locks`. */
export function buildLockQuery([namespace, id]: LockKey): string {
  return `(
    select * from pg_locks
    where locktype = 'advisory' and classid = ${namespace} and objid = ${id} and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())
  )`
}

/** SQL: tests if a session lives that holds the lock of a worker, given by its id in SQL. */
export function buildWorkerLockTest(worker: string): string {
  return `exists (
    select from pg_locks
    where locktype = 'advisory' and classid = ${workerNamespace} and objid = (${worker})::oid
      and objsubid = 2 and granted
      and database = (select oid from pg_database where datname = current_database())
  )`
}
