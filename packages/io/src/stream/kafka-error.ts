import { FreshetError } from "@freshet/core/engine"
import type { GenericError } from "@platformatic/kafka"

/** A name of an error of the protocol → the message about a partition or a topic, and a hint. */
const protocolFaults: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  TOPIC_AUTHORIZATION_FAILED: [
    "Kafka does not let this client read the topic",
    "Grant the client READ and DESCRIBE on the topic.",
  ],
  GROUP_AUTHORIZATION_FAILED: [
    "Kafka does not let this client commit offsets",
    "Grant the client READ on the group.",
  ],
  MESSAGE_TOO_LARGE: [
    "Kafka refuses a message because it is too large",
    "Raise max.message.bytes of the topic.",
  ],
}

/** Converts a failure of the client to one sentence. The same work may succeed later unless it is listed above. */
export function toKafkaError(cause: unknown, brokers: readonly string[]): FreshetError {
  if (cause instanceof FreshetError) return cause
  const name = listNames(cause).find((id) => Object.hasOwn(protocolFaults, id))
  const [message, hint] = (name === undefined ? undefined : protocolFaults[name]) ?? []
  if (message !== undefined) return new FreshetError("input", `${message}.`, { cause, hint })
  const text = cause instanceof Error ? getInnermost(cause).message : String(cause)
  return new FreshetError("stream", `Kafka does not answer at ${brokers.join(", ")}: ${text}`, {
    cause,
    hint: "Start the broker, or set FRESHET_KAFKA_BROKERS to where it listens.",
    isTransient: true,
  })
}

/** Tests if the metadata of a topic cannot be read because it does not exist: the client has a code of its own for that. */
export function isUnknownTopic(cause: unknown): boolean {
  const isUsageError = cause instanceof Error && "code" in cause && cause.code === "PLT_KFK_USER"
  return isUsageError || listNames(cause).includes("UNKNOWN_TOPIC_OR_PARTITION")
}

/** Lists the protocol's names of an error and of those that it contains. */
function listNames(cause: unknown): readonly string[] {
  if (!(cause instanceof Error)) return []
  const { apiId } = cause as GenericError // other errors have no such field
  return [...(typeof apiId === "string" ? [apiId] : []), ...listInner(cause).flatMap(listNames)]
}

function listInner(cause: Error): readonly unknown[] {
  const errors: readonly unknown[] = cause instanceof AggregateError ? cause.errors : []
  return cause.cause === undefined ? errors : [...errors, cause.cause]
}

function getInnermost(cause: Error): Error {
  const inner = listInner(cause).find((error) => error instanceof Error)
  return inner === undefined ? cause : getInnermost(inner)
}
