import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { isConnectionLost } from "../ledger/connection-loss.ts"
import { describeCause } from "./publish-error.ts"

/** The time limits of a publication, in milliseconds. */
export interface TimeLimits {
  /** The longest time of one statement. */
  readonly statementMs: number
  /** The longest wait for a lock that another session holds. */
  readonly lockMs: number
}

export const defaultTimeLimits: TimeLimits = { statementMs: 3_600_000, lockMs: 300_000 }

/** The limits of a session that waits for another publication. */
export const noTimeLimits: TimeLimits = { statementMs: 0, lockMs: 0 }

/** Limits the time of the following statements, instead of the limits that a role or a database sets. A transaction may be idle for any time. */
export async function setTimeLimits(
  client: Client,
  { statementMs, lockMs }: TimeLimits,
): Promise<void> {
  const settings = `set statement_timeout = ${statementMs}; set lock_timeout = ${lockMs};
    set idle_in_transaction_session_timeout = 0`
  await client.query(settings).catch((cause: unknown) => {
    if (isConnectionLost(cause)) throw cause
    const message = `The server refuses to set the time limit of statements: ${describeCause(cause)}`
    const hint = "Let the role of DATABASE_URL set statement_timeout and lock_timeout."
    throw new FreshetError("publish", message, { cause, hint })
  })
}
