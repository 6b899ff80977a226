import { FreshetError } from "@freshet/core/engine"

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

/** Throws a lost connection as a FreshetError, and any other failure unchanged. */
export function throwConnectionFault(cause: unknown): never {
  if (!isConnectionLost(cause)) throw cause
  throw new FreshetError("postgres", "The connection to PostgreSQL was lost.", {
    cause,
    hint: "See that the server runs, and run the command again.",
  })
}
