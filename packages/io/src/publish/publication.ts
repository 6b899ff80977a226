import { FreshetError, type PublicationRequest } from "@freshet/core/engine"
import { publications, type RecordedChange, runs } from "@freshet/schema/ledger"
import { and, eq } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import type { Client } from "pg"

/**
 * Opens a transaction that holds the publication lock of this set. `now()` is read after the lock is
 * acquired, so that publication times ascend.
 */
export async function beginPublication(client: Client, set: string): Promise<void> {
  await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [formatLockName(set)])
  await client.query("begin")
  await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [formatLockName(set)])
  await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [formatLockName(set)])
}

function formatLockName(set: string): string {
  return `freshet publication of ${set}`
}

/** Records the publication. Fails if its run has ended, and keeps the run open until the transaction ends. */
export async function recordPublication(
  client: Client,
  request: PublicationRequest,
  changes: readonly RecordedChange[],
): Promise<void> {
  await requireRunning(client, request.run)
  const { set, partition, partitionKey: partition_key, version, run } = request
  const files = request.tables.map(({ file }) => file)
  await drizzle({ client })
    .insert(publications)
    .values({ set, partition, partition_key, version, run, changes, files })
}

async function requireRunning(client: Client, run: string): Promise<void> {
  const [runRow] = await drizzle({ client })
    .select({ outcome: runs.outcome })
    .from(runs)
    .where(eq(runs.id, run))
    .for("share")
  if (runRow?.outcome === null) return
  throw new FreshetError("publish", `The run ${run} is over: it may publish nothing any more.`, {
    hint: "Another run took its place, which publishes what is due.",
  })
}

/** Tests if this publication was committed. Waits until the transaction in question has ended. */
export async function hasPublication(
  client: Client,
  { set, version, run }: PublicationRequest,
): Promise<boolean> {
  await client.query("set lock_timeout = '30s'")
  await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [formatLockName(set)])
  const rows = await drizzle({ client })
    .select({ id: publications.id })
    .from(publications)
    .where(
      and(eq(publications.set, set), eq(publications.version, version), eq(publications.run, run)),
    )
  return rows.length > 0
}
