import type { Client } from "pg"

/** The newest records of the ledger at one moment. */
export interface LedgerPosition {
  readonly step: string
  readonly publication: string
  readonly epoch: string
}

/** SQL: the columns of `LedgerPosition`. */
export const positionColumns = `
  coalesce((select max(id) from freshet.steps), 0) as step,
  coalesce((select max(id) from freshet.publications), 0) as publication,
  (select epoch from freshet.identity) as epoch`

/** Tests if other runs have recorded anything since a position. */
export async function hasOtherRecords(
  client: Client,
  { step, publication, epoch }: LedgerPosition,
  run: string | undefined,
): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `select exists (select from freshet.steps where id > $1 and run is distinct from $4)
       or exists (select from freshet.publications where id > $2 and run is distinct from $4)
       or exists (select from freshet.identity where epoch <> $3) as found`,
    [step, publication, epoch, run],
  )
  return rows[0]?.found === true
}
