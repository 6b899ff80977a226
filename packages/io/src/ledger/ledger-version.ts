import type { Client } from "pg"

/** Reads a text that differs after every change of the ledger's content. */
export async function readLedgerVersion(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(`
    select concat_ws(' ',
      (select concat_ws(' ', ledger, epoch) from freshet.identity),
      (select concat_ws(' ', count(*), max(started_at), max(ended_at), max(cancel_requested_at)) from freshet.runs),
      (select max(id) from freshet.steps),
      (select max(seq) from freshet.materializations),
      (select max(id) from freshet.publications),
      (select concat_ws(' ', max(id), max(ended_at)) from freshet.ticks),
      (select concat_ws(' ', max(since_at), max(paused_at), count(paused_at)) from freshet.schedules)
    ) as version`)
  return rows[0]?.version ?? ""
}
