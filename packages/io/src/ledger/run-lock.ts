import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { buildRunLockTest, runLock } from "./locks.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"

/** The run that owns the run lock. */
export interface RunLockOwner {
  readonly run: string
  readonly command: string
  readonly host: string
  readonly pid: number
  readonly startedMs: number
}

/** The behaviour while another run is active; `onWait` receives the owner of the lock if it is known. */
export interface RunLockOptions {
  readonly wait: boolean
  readonly onWait: (owner: RunLockOwner | undefined) => void
}

/** Acquires the run lock for the life of the connection. Without waiting, another run is a FreshetError "busy". */
export async function acquireRunLock(client: Client, options: RunLockOptions): Promise<void> {
  await client.query(sessionSettings)
  const { rows } = await client.query<{ taken: boolean }>(
    "select pg_try_advisory_lock($1, $2) as taken",
    runLock,
  )
  if (rows[0]?.taken === true) return
  const owner = await findRunLockOwner(client)
  if (!options.wait) throw createBusyError(owner)
  options.onWait(owner)
  await client.query("select pg_advisory_lock($1, $2)", runLock)
}

/** The run lock at one moment. */
export interface RunLockState {
  readonly isHeld: boolean
  /** Undefined while the lock is free, and while its run is just starting. */
  readonly owner: RunLockOwner | undefined
  /** The number of processes that wait for it. */
  readonly waiting: number
}

/** Reads who owns the run lock and how many wait for it. */
export async function readRunLock(client: Client): Promise<RunLockState> {
  const { rows } = await client.query<{ held: boolean; waiting: number }>(`
    select ${buildRunLockTest()} as held, (${countWaitingQuery})::integer as waiting`)
  const { held: isHeld = false, waiting = 0 } = rows[0] ?? {}
  return { isHeld, waiting, owner: isHeld ? await findRunLockOwner(client) : undefined }
}

const countWaitingQuery = `
  select count(*) from pg_locks
  where locktype = 'advisory' and classid = ${runLock[0]} and objid = ${runLock[1]} and not granted
    and database = (select oid from pg_database where datname = current_database())`

/** Shortens TCP timeouts, because a run may be silent for hours, and a lost machine must not keep the lock. Servers differ in their settings. */
const sessionSettings = `
  select set_config(name, value, false)
  from pg_settings join (values
    ('idle_session_timeout', '0'), ('statement_timeout', '0'), ('lock_timeout', '0'),
    ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')
  ) as setting (setting_name, value) on name = setting_name`

/** Finds the owner of the run lock: the owner closes the runs of killed processes, so the newest open run is its own. */
async function findRunLockOwner(client: Client): Promise<RunLockOwner | undefined> {
  const { rows } = await client.query<RunLockOwner>(`
    select id as run, command, host, pid, ${toMilliseconds("started_at")} as "startedMs"
    from freshet.runs where outcome is null order by started_at desc limit 1`)
  return rows[0]
}

function createBusyError(owner: RunLockOwner | undefined): FreshetError {
  const ownerText = owner === undefined ? "it is just starting" : formatOwner(owner)
  return new FreshetError("busy", `Another run is under way: ${ownerText}.`, {
    hint: "Wait until it has ended, or let this command wait for it.",
  })
}

function formatOwner(owner: RunLockOwner): string {
  const since = new Date(owner.startedMs).toISOString()
  return `run ${owner.run} (\`${owner.command}\`), process ${owner.pid} on ${owner.host}, since ${since}`
}
