import type { AttemptRecord } from "@freshet/core/engine"
import { asc, eq, sql } from "drizzle-orm"
import type { Client } from "pg"

import {
  findPartitionById,
  getCurrentName,
  getPartitionId,
  type LedgerNames,
} from "./ledger-names.ts"
import { openQueries } from "./queries.ts"
import { toStorableText } from "./storable-text.ts"

/** A recorded attempt at a step that failed and was repeated. */
export interface RecordedAttempt {
  readonly computation: string
  /** Undefined if its key is no longer declared. */
  readonly partition: number | undefined
  readonly attempt: number
  readonly message: string
  readonly startedMs: number
  readonly endedMs: number
  /** The time from which on the next attempt may start. */
  readonly nextMs: number
}

/** Records a failed attempt. */
export async function recordAttempt(
  client: Client,
  names: LedgerNames,
  record: AttemptRecord,
): Promise<void> {
  const { db, attempts } = await openQueries(client)
  const { run, computation, attempt, message, startedMs, endedMs, delayMs } = record
  await db.insert(attempts).values({
    run,
    computation,
    partition: getPartitionId(names, computation, record.partition),
    attempt,
    message: toStorableText(message),
    started_at: new Date(startedMs),
    ended_at: new Date(endedMs),
    next_attempt_at: sql`now() + ${delayMs} * interval '1 millisecond'`,
  })
}

/** Reads the failed attempts of a run that were repeated, in the order of their ends. */
export async function readAttempts(
  client: Client,
  names: LedgerNames,
  run: string,
): Promise<readonly RecordedAttempt[]> {
  const { db, attempts } = await openQueries(client)
  const rows = await db
    .select()
    .from(attempts)
    .where(eq(attempts.run, run))
    .orderBy(asc(attempts.id))
  return rows.map((row) => {
    const computation = getCurrentName(names, row.computation)
    return {
      computation,
      partition: findPartitionById(names, computation, row.partition),
      attempt: row.attempt,
      message: row.message,
      startedMs: row.started_at.getTime(),
      endedMs: row.ended_at.getTime(),
      nextMs: row.next_attempt_at.getTime(),
    }
  })
}
