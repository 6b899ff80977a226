import type { StreamedSource } from "@freshet/core/engine"

import type { LandingFiles } from "./landing-files.ts"
import type { StreamReader, TopicPartition } from "./stream-reader.ts"

/** The size at which the messages that were read land. */
export interface BatchLimits {
  readonly messages: number
  /** Also the largest size of a message. */
  readonly bytes: number
  /** The longest time that a message waits. */
  readonly seconds: number
}

/** A batch of one partition of a topic whose files are durable. */
export interface LandedBatch extends TopicPartition {
  readonly messages: number
  /** The first and the last offset. */
  readonly first: number
  readonly last: number
  /** Paths in the landing zone. */
  readonly files: readonly string[]
}

/** Everything that landing topics needs. */
export interface TopicLanding {
  readonly reader: StreamReader
  readonly files: LandingFiles
  /** The sources; each has a stream of another topic. */
  readonly sources: readonly StreamedSource[]
  readonly limits: BatchLimits
  /** End at the offsets that the topics have at the beginning, instead of waiting for more messages. */
  readonly untilEnd: boolean
  /** Go on after messages that Kafka deleted before they landed, instead of failing. */
  readonly skipDeleted: boolean
  readonly signal: { readonly aborted: boolean }
  /** A clock in milliseconds, for durations only. */
  readonly nowMs: () => number
  /** Called once the topics have answered. */
  readonly onConnected: () => void
  readonly emit: (batch: LandedBatch) => void
}
