import { FreshetError } from "@freshet/core/engine"

/** Builds the error of a failed publish: table or set, the server's message, and the key or place that it names. */
export function toPublishError(subject: string, cause: unknown): FreshetError {
  if (cause instanceof FreshetError && cause.code !== "store") return cause
  return new FreshetError("publish", `${subject} was not published: ${describeCause(cause)}`, {
    cause,
    hint: findTimeoutHint(cause),
  })
}

/** Suggests what to do about a time limit that ended a statement. */
function findTimeoutHint(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined
  const { code, message } = cause
  if (code === "55P03")
    return "Another session holds a lock on the table: pg_locks and pg_stat_activity show it. Publish again when it has ended; lockTimeoutSeconds is the time for which a publication waits."
  if (code === "57014" && message.includes("statement timeout"))
    return "See if a trigger of the table or a busy server makes it slow; statementTimeoutSeconds is the time that a statement may take."
  return undefined
}

/** Returns the message of a server or library error: `duplicate key value …: Key (id)=(1) already exists.` */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { detail, where } = cause as { readonly detail?: string; readonly where?: string } // as errors of PostgreSQL have
  const words = cause.message === "" ? cause.name : cause.message
  return [words, detail, where].filter((part) => part !== undefined).join(": ")
}
