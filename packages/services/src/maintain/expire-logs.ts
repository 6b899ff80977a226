import { deleteExpiredLogs, type LedgerClient } from "@freshet/io"

import type { Services } from "../services.ts"

const dayMs = 86_400_000

/** Computes the time before which lines of logs have expired. */
export function getLogExpiry(logDays: number, nowMs: number): number {
  return nowMs - logDays * dayMs
}

/** The time between two deletions. */
const pauseMs = 3_600_000

/** Creates a function that deletes expired lines of logs and failed attempts, at most once an hour. */
export function createLogExpiry({
  config,
  nowMs,
}: Services): (client: LedgerClient) => Promise<void> {
  let expiredMs = -Infinity
  return async (client) => {
    if (nowMs() - expiredMs < pauseMs) return
    expiredMs = nowMs()
    await deleteExpiredLogs(client, getLogExpiry(config.logDays, nowMs()))
  }
}
