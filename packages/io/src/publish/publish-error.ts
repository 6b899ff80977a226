import { FreshetError } from "@freshet/core/engine"

/** Builds the error of a failed publish: table or set, the server's message, and the key or place that it names. */
export function toPublishError(subject: string, cause: unknown): FreshetError {
  if (cause instanceof FreshetError && cause.code !== "store") return cause
  return new FreshetError("publish", `${subject} was not published: ${describeCause(cause)}`, {
    cause,
  })
}

/** Returns the message of a server or library error: `duplicate key value …: Key (id)=(1) already exists.` */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const { detail, where } = cause as { readonly detail?: string; readonly where?: string } // as errors of PostgreSQL have
  const words = cause.message === "" ? cause.name : cause.message
  return [words, detail, where].filter((part) => part !== undefined).join(": ")
}
