/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** A place in a partition of a topic. Offsets are whole numbers below 2^53. */
export interface Position extends TopicPartition {
  /** The offset of the next message. */
  readonly next: number
}

/** The offsets that a partition of a topic has: from `first` up to `end`, which is excluded. */
export interface OffsetBounds extends TopicPartition {
  readonly first: number
  readonly end: number
}

/** A message of a stream. */
export interface StreamMessage {
  readonly offset: number
  /** The time of the record, in milliseconds since 1970. */
  readonly recordMs: number
  /** Null for a tombstone. */
  readonly value: Buffer | null
}

/** The messages of one partition from a position on, in the order of their offsets, which may have gaps. */
export interface FetchedMessages extends Position {
  readonly messages: readonly StreamMessage[]
}

/** Reads the topics of a message broker. Each call throws a FreshetError with one sentence about its failure. */
export interface StreamReader {
  /** Reads the bounds of all partitions. Fails if a topic does not exist. */
  readonly readBounds: (topics: readonly string[]) => Promise<readonly OffsetBounds[]>
  /** Fetches committed messages from some positions on; waits a short time for the first one. */
  readonly fetch: (positions: readonly Position[]) => Promise<readonly FetchedMessages[]>
  /** Commits positions for the group, so that other tools show its lag. */
  readonly commit: (positions: readonly Position[]) => Promise<void>
  readonly close: () => Promise<void>
}
