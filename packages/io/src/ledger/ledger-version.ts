import type { Client } from "pg"

/** Reads a text that differs after every change of the ledger's content. */
export async function readLedgerVersion(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(`
    select concat_ws(' ',
      (select concat_ws(' ', ledger, epoch) from freshet.identity),
      (select concat_ws(' ', count(*), max(started_at), max(ended_at), max(cancel_requested_at)) from freshet.runs),
      (select max(id) from freshet.steps),
      (select max(seq) from freshet.materializations),
      (select max(id) from freshet.publications)
    ) as version`)
  return rows[0]?.version ?? ""
}
