import { FreshetError, type PublicationRequest } from "@freshet/core/engine"
import {
  publications,
  type publishedPartitions,
  type RecordedChange,
  runs,
} from "@freshet/schema/ledger"
import { and, eq } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import type { Client } from "pg"

import { holdWorkerLock } from "../ledger/workers.ts"
import { noTimeLimits, setTimeLimits, type TimeLimits } from "./time-limits.ts"

/**
 * Opens a transaction that holds the publication lock of this set. `now()` is read after the lock is
 * acquired, so that publication times ascend; the wait for another publication has no limit. The session becomes one of the worker that has claimed the set: it ends with
 * the worker, so that a process that is stopped during a publication blocks no other.
 */
export async function beginPublication(
  client: Client,
  set: string,
  limits: TimeLimits,
): Promise<void> {
  await setTimeLimits(client, noTimeLimits)
  await holdLockOfPublisher(client, set)
  await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [formatLockName(set)])
  await client.query("begin")
  await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [formatLockName(set)])
  await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [formatLockName(set)])
  await setTimeLimits(client, limits)
  await client.query("set constraints all deferred")
}

async function holdLockOfPublisher(client: Client, set: string): Promise<void> {
  const { rows } = await client.query<{ worker: number }>(
    "select worker from freshet.claims where kind = 'publication' and name = $1",
    [set],
  )
  for (const { worker } of rows) await holdWorkerLock(client, worker)
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
  const { set, partitionKey: partition_key, version, run } = request
  const files = request.tables.flatMap(({ partitions }) => partitions.map(({ file }) => file))
  await drizzle({ client })
    .insert(publications)
    .values({ set, partition_key, version, run, changes, files })
}

/** The content of one partition in a published table. */
export type PublishedContent = Omit<
  typeof publishedPartitions.$inferInsert,
  "table_name" | "published_at"
>

/** Records the whole content of a table; partitions with the same content keep their time. */
export async function recordContent(
  client: Client,
  table: string,
  contents: readonly PublishedContent[],
): Promise<void> {
  const values = [table, JSON.stringify(contents)]
  await client.query(
    `delete from freshet.published_partitions where table_name = $1
      and partition_key not in (select value ->> 'partition_key' from jsonb_array_elements($2))`,
    values,
  )
  await client.query(
    `insert into freshet.published_partitions as recorded
      (table_name, partition_key, set, asset, data_version, content, file, checksum, rows)
    select $1, partition_key, set, asset, data_version, content, file, checksum, rows
    from jsonb_to_recordset($2) as content
      (partition_key text, set text, asset text, data_version text, content text, file text,
        checksum text, rows bigint)
    on conflict (table_name, partition_key) do update
      set set = excluded.set, asset = excluded.asset, data_version = excluded.data_version,
        content = excluded.content, file = excluded.file, checksum = excluded.checksum,
        rows = excluded.rows, published_at = now()
      where (recorded.set, recorded.asset, recorded.content, recorded.file, recorded.checksum, recorded.rows)
        is distinct from
        (excluded.set, excluded.asset, excluded.content, excluded.file, excluded.checksum, excluded.rows)`,
    values,
  )
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
