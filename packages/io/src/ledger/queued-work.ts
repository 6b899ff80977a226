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

/**
 * SQL: ends a run, given by its id, with an outcome, and the queued work that it executes. Work whose run was interrupted
 * stays open for another process, unless the run was cancelled. One statement ends both: no process finds open work whose
 * run has ended.
 */
export const endRunStatement = `
  with ended as (
    update freshet.runs set outcome = $2, ended_at = now() where id = $1 and outcome is null
    returning id, outcome <> 'interrupted' or cancel_requested_at is not null as is_final
  ), ended_tick as (
    ${buildWorkEnd("tick")}
  ), ended_request as (
    ${buildWorkEnd("request")}
  )
  select id from ended`

function buildWorkEnd(kind: QueuedWork["kind"]): string {
  return `update ${tables[kind]} as work set outcome = $2, ended_at = now()
    from ended where ended.is_final and work.run = ended.id and work.ended_at is null`
}

/** Records the end of work without a run in the ledger; a run that had nothing to do is not recorded, so it is removed from the work. */
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
