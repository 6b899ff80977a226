import type { Client } from "pg"

/** Work that waits in the ledger until a process claims it: a tick of a schedule, or a request. */
export interface QueuedWork {
  readonly kind: "tick" | "request"
  readonly id: number
}

export type WorkOutcome = "nothing" | "succeeded" | "failed" | "interrupted"

/** The end of queued work; the message of a failure before its run began. */
export interface WorkEnd {
  readonly outcome: WorkOutcome
  readonly message?: string
}

const tables = { tick: "freshet.ticks", request: "freshet.requests" } as const

/** Assigns a run to work that it has claimed; false when the work has ended. */
export async function beginWork(
  client: Client,
  { kind, id }: QueuedWork,
  run: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update ${tables[kind]} set run = $2 where id = $1 and ended_at is null`,
    [id, run],
  )
  return rowCount === 1
}

/** Records the end of work; a run that had nothing to do is not recorded, so it is removed from the work. */
export async function endWork(
  client: Client,
  { kind, id }: QueuedWork,
  { outcome, message }: WorkEnd,
): Promise<void> {
  await client.query(
    `update ${tables[kind]} set outcome = $2, message = $3, ended_at = now(),
       run = case when exists (select from freshet.runs where runs.id = run) then run end
     where id = $1 and ended_at is null`,
    [id, outcome, message ?? null],
  )
}
