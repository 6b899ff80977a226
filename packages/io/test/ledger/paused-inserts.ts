import { waitUntil } from "@freshet/embedded-postgres/testing"
import type { Client } from "pg"

const lock = 77

/** Work that inserts into a table, and a check to make meanwhile. */
interface PausedWork {
  readonly work: () => Promise<unknown>
  readonly whilePaused: () => Promise<void>
}

/** Pauses work at its first insert into a table of the ledger, and lets it end after the check. `client` is of another session. */
export async function pauseInserts(
  client: Client,
  table: string,
  { work, whilePaused }: PausedWork,
): Promise<void> {
  await client.query(`
    create function pause() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(${lock}); return new; end $$;
    create trigger pause before insert on freshet.${table} for each row execute function pause()`)
  await client.query(`select pg_advisory_lock(${lock})`)
  const end = work()
  const waiting = `select from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted`
  await waitUntil(async () => (await client.query(waiting)).rowCount === 1)
  try {
    await whilePaused()
  } finally {
    await client.query(`select pg_advisory_unlock(${lock})`)
    await end
    await client.query(`drop trigger pause on freshet.${table}; drop function pause`)
  }
}
