import { FreshetError } from "@freshet/core/engine"

import { describeCause } from "../publish/publish-error.ts"

/** Tests if the connection to the server was lost, in contrast to a rejected statement. */
export function isConnectionLost(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = "code" in cause ? String(cause.code) : ""
  return (
    /^(?:08|57P0)/.test(code) ||
    ["ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code) ||
    /^Connection terminated|^Client has encountered a connection error|^Client was closed/.test(
      cause.message,
    )
  )
}

/** Tests if an error reports a lost connection. */
export function isConnectionFault(error: unknown): boolean {
  return error instanceof FreshetError && isConnectionLost(error.cause)
}

/** Tests if the server refused a change because the database is read-only: a standby, or a setting. */
function isReadOnly(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "25006"
}

/** Throws a lost connection or a read-only database as a FreshetError, and any other failure unchanged. */
export function throwConnectionFault(cause: unknown): never {
  if (isReadOnly(cause))
    throw new FreshetError("postgres", `The database is read-only: ${describeCause(cause)}.`, {
      cause,
      hint: "See that DATABASE_URL names the primary server, and that default_transaction_read_only is off.",
    })
  if (!isConnectionLost(cause)) throw cause
  throw new FreshetError("postgres", "The connection to PostgreSQL was lost.", {
    cause,
    hint: "See that the server runs, and run the command again.",
  })
}
