import type { ExpiredRecords, RecordExpiry, RecordKind } from "@freshet/io"

import type { Config } from "../config.ts"
import type { GarbageDocument } from "../documents/garbage.ts"

const dayMs = 86_400_000

/** Computes the times before which lines of logs and records of history have expired. */
export function getRecordExpiry(
  { logDays, historyDays }: Pick<Config, "logDays" | "historyDays">,
  nowMs: number,
): RecordExpiry {
  return { logsMs: nowMs - logDays * dayMs, historyMs: nowMs - historyDays * dayMs }
}

/** Lists the kinds of expired records with their number. */
export function listExpiredRecords(records: ExpiredRecords): GarbageDocument["expired_records"] {
  return Object.entries(records).flatMap(([kind, count]) =>
    count === 0 ? [] : [{ kind: kind as RecordKind, count }],
  ) // the keys of the record
}
