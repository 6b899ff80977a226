import type { Client } from "pg"

import { buildLivenessTest } from "./workers.ts"

const channel = "freshet_cancel"

/** Requests the cancellation of another process's run; false if that run is not active. */
export async function requestCancel(client: Client, run: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `with cancelled as (
       update freshet.runs set cancel_requested_at = coalesce(cancel_requested_at, now())
       where id = $1 and outcome is null and ${buildLivenessTest("runs.worker")}
       returning id
     )
     select pg_notify('${channel}', id) from cancelled`,
    [run],
  )
  return rowCount === 1
}

/** Lets a connection receive requests to cancel. */
export async function listenForCancel(client: Client): Promise<void> {
  await client.query(`listen ${channel}`)
}

/**
 * Calls a function at requests to cancel, which the connection must receive. The returned function receives the run's id
 * before the run is recorded, so that no request is missed.
 */
export function handleCancel(
  client: Client,
  onCancel: (() => void) | undefined,
): (run: string) => void {
  const runs = new Set<string>()
  client.on("notification", ({ channel: from, payload }) => {
    if (from === channel && runs.has(payload ?? "")) onCancel?.()
  })
  return (run) => runs.add(run)
}
