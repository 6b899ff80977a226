import type { JsonKey } from "./source-format.ts"

/**
 * The Kafka topic whose messages land as the lines of a source's files. The file of a batch has the name of the topic,
 * the number of the topic's partition and its first and last offset in place of the `*` of the source's path.
 */
export interface KafkaStream {
  readonly kind: "kafka"
  readonly topic: string
  /** The key of the event's own time in a message, or the path to it. A message lands in the partition that holds this time. */
  readonly time: JsonKey
  /** The form of the event's own time; `iso` unless declared. */
  readonly timeFormat?: EventTimeFormat
}

/**
 * A form of an instant in a message: ISO 8601 with an offset or `Z`; milliseconds or seconds since 1970, as a number or
 * as text; or the text of Twitter, `Wed Oct 10 20:19:24 +0000 2018`.
 */
export type EventTimeFormat = "iso" | "epoch_ms" | "epoch_s" | "twitter"
