import { setTimeout as delay } from "node:timers/promises"

import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { buildLockQuery, runLock } from "./locks.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"
import { buildLivenessTest } from "./workers.ts"

/** A run that lives, and its process. */
export interface LiveRun {
  readonly run: string
  readonly command: string
  readonly priority: number
  readonly host: string
  readonly pid: number
  readonly startedMs: number
  /** The number of planned steps. */
  readonly steps: number
  /** Version of the code of the planned computations; null for a run of an earlier version. */
  readonly codeVersion: string | null
  /** True while its workers execute no step and can start none. */
  readonly isWaiting: boolean
}

/** `shared`: other runs may be under way. `exclusive`: nothing else is. */
export type RunLockMode = "shared" | "exclusive"

/** The mode of the run lock, and the behaviour while it is not free; `onWait` receives the oldest live run, if any. */
export interface RunLockOptions {
  readonly mode: RunLockMode
  readonly wait: boolean
  readonly onWait: (run: LiveRun | undefined) => void
  /** Ends the wait with a FreshetError "interrupted". */
  readonly signal?: AbortSignal
}

/** The pause between two attempts to hold the lock alone. A waiting session would keep out further runs. */
const retryMs = 200

/** Prepares a connection that can hold the run lock. */
export async function prepareSession(client: Client): Promise<void> {
  await client.query(sessionSettings)
}

/** Acquires the run lock for the life of the connection. Without waiting, a lock that is not free is a FreshetError "busy". */
export async function acquireRunLock(client: Client, options: RunLockOptions): Promise<void> {
  const { mode, wait, onWait, signal } = options
  if (await tryRunLock(client, mode)) return
  const run = (await readLiveRuns(client))[0]
  if (!wait) throw createBusyError(mode, run)
  onWait(run)
  while (!(await tryRunLock(client, mode))) {
    if (signal?.aborted === true)
      throw new FreshetError("interrupted", "Interrupted while another command is under way.")
    await delay(retryMs)
  }
}

async function tryRunLock(client: Client, mode: RunLockMode): Promise<boolean> {
  const name = mode === "shared" ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock"
  const { rows } = await client.query<{ taken: boolean }>(`select ${name}($1, $2) as taken`, [
    ...runLock,
  ])
  return rows[0]?.taken === true
}

/** Changes the run lock of this session from exclusive to shared. */
export async function shareRunLock(client: Client): Promise<void> {
  await client.query("select pg_advisory_lock_shared($1, $2)", [...runLock])
  await client.query("select pg_advisory_unlock($1, $2)", [...runLock])
}

/** Releases the run lock that this session shares. */
export async function releaseSharedRunLock(client: Client): Promise<void> {
  await client.query("select pg_advisory_unlock_shared($1, $2)", [...runLock])
}

/** Tests if this session is the only one that holds the run lock. */
export async function holdsRunLockAlone(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ others: boolean }>(
    `select exists (
       select from ${buildLockQuery(runLock)} as lock where granted and pid <> pg_backend_pid()
     ) as others`,
  )
  return rows[0]?.others === false
}

/** Shortens TCP timeouts, because a run may be silent for hours, and a lost machine must not keep the lock. Servers differ in their settings. */
const sessionSettings = `
  select set_config(name, value, false)
  from pg_settings join (values
    ('idle_session_timeout', '0'), ('statement_timeout', '0'), ('lock_timeout', '0'),
    ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')
  ) as setting (setting_name, value) on name = setting_name`

/** Reads the runs whose workers live, the oldest first. */
export async function readLiveRuns(client: Client): Promise<readonly LiveRun[]> {
  const { rows } = await client.query<LiveRun>(`
    select id as run, command, priority, host, pid, ${toMilliseconds("started_at")} as "startedMs", steps,
      code_version as "codeVersion", not exists (
        select from freshet.workers
        where run = runs.id and ended_at is null and awaited_pools is null and ${buildLivenessTest("workers.id")}
      ) as "isWaiting"
    from freshet.runs
    where outcome is null and ${buildLivenessTest("runs.worker")}
    order by started_at, id`)
  return rows
}

function createBusyError(mode: RunLockMode, run: LiveRun | undefined): FreshetError {
  const message =
    run === undefined || mode === "shared"
      ? "Another command is changing the records of the project."
      : `A run is under way: ${formatRun(run)}.`
  return new FreshetError("busy", message, {
    hint: "Wait until it has ended, or let this command wait for it.",
  })
}

function formatRun(run: LiveRun): string {
  const since = new Date(run.startedMs).toISOString()
  return `run ${run.run} (\`${run.command}\`), process ${run.pid} on ${run.host}, since ${since}`
}
