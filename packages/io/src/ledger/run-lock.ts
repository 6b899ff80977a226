import { FreshetError } from "@freshet/core"
import type { Client } from "pg"

import { runLock } from "./locks.ts"

/** The run that others wait for. */
export interface RunHolder {
  readonly run: string
  readonly command: string
  readonly host: string
  readonly pid: number
  readonly startedMs: number
}

/** What to do while another run is under way; `onWait` is told who holds things up, if it has told its name already. */
export interface WaitOptions {
  readonly wait: boolean
  readonly onWait: (holder: RunHolder | undefined) => void
}

/** Takes the right to run for as long as the connection lives. Without waiting, another run is a FreshetError "busy". */
export async function takeRunLock(client: Client, options: WaitOptions): Promise<void> {
  await client.query(settings)
  const { rows } = await client.query<{ taken: boolean }>(
    "select pg_try_advisory_lock($1, $2) as taken",
    runLock,
  )
  if (rows[0]?.taken === true) return
  const holder = await findHolder(client)
  if (!options.wait) throw busy(holder)
  options.onWait(holder)
  await client.query("select pg_advisory_lock($1, $2)", runLock)
}

/** A run may be silent for hours, and a machine that vanished must not keep the lock for as long. Servers differ in the settings they know. */
const settings = `
  select set_config(name, value, false)
  from pg_settings join (values
    ('idle_session_timeout', '0'), ('statement_timeout', '0'), ('lock_timeout', '0'),
    ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')
  ) as wanted (wanted_name, value) on name = wanted_name`

/** The lock's holder closes what killed runs left open, so the newest open run is its own. */
async function findHolder(client: Client): Promise<RunHolder | undefined> {
  const { rows } = await client.query<RunHolder>(`
    select id as run, command, host, pid, extract(epoch from started_at)::float8 * 1000 as "startedMs"
    from freshet.runs where outcome is null order by started_at desc limit 1`)
  return rows[0]
}

function busy(holder: RunHolder | undefined): FreshetError {
  const who = holder === undefined ? "it is just starting" : described(holder)
  return new FreshetError("busy", `Another run is under way: ${who}.`, {
    hint: "Wait until it has ended, or let this command wait for it.",
  })
}

function described(holder: RunHolder): string {
  const since = new Date(holder.startedMs).toISOString()
  return `run ${holder.run} (\`${holder.command}\`), process ${holder.pid} on ${holder.host}, since ${since}`
}
