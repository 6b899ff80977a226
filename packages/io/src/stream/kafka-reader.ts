import { FreshetError } from "@freshet/core/engine"
import type { Consumer, RecordsBatch } from "@platformatic/kafka"

import { isUnknownTopic, toKafkaError } from "./kafka-error.ts"
import type {
  FetchedMessages,
  OffsetBounds,
  Position,
  StreamMessage,
  StreamReader,
} from "./stream-reader.ts"

/** The options of a reader. */
export interface KafkaOptions {
  /** `host:port`. */
  readonly brokers: readonly string[]
  /** The group for which positions are committed. */
  readonly group: string
}

/** The time for which the broker waits for a first message. */
const maxWaitMs = 250
const maxFetchBytes = 8 << 20

/**
 * Opens a reader of Kafka. It joins no group: the landing zone decides which messages have landed, and positions are
 * committed for other tools only.
 */
export async function openKafkaReader({ brokers, group }: KafkaOptions): Promise<StreamReader> {
  const { Consumer } = await import("@platformatic/kafka")
  const consumer = new Consumer({
    clientId: "freshet",
    groupId: group,
    bootstrapBrokers: [...brokers],
    maxWaitTime: maxWaitMs,
    maxBytes: maxFetchBytes,
    autocommit: false,
    retries: 2,
    retryDelay: 300,
  })
  consumer.generationId = -1 // the protocol's values of a consumer without a membership
  consumer.memberId = ""
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw toKafkaError(cause, brokers)
    })
  return {
    readBounds: (topics) => guard(readBounds(consumer, topics)),
    fetch: (positions) => guard(fetchMessages(consumer, positions)),
    commit: (positions) => guard(commitPositions(consumer, positions)),
    close: async () => consumer.close(true),
  }
}

async function readBounds(
  consumer: Consumer,
  topics: readonly string[],
): Promise<readonly OffsetBounds[]> {
  const { ListOffsetTimestamps } = await import("@platformatic/kafka")
  await requireTopics(consumer, topics)
  consumer.topics.trackAll(...topics)
  const listOffsets = (timestamp: bigint) =>
    consumer.listOffsets({ topics: [...topics], timestamp })
  const firsts = await listOffsets(ListOffsetTimestamps.EARLIEST)
  const ends = await listOffsets(ListOffsetTimestamps.LATEST)
  return topics.flatMap((topic) =>
    (firsts.get(topic) ?? []).map((first, partition) => ({
      topic,
      partition,
      first: Number(first),
      end: Number(ends.get(topic)?.[partition] ?? first),
    })),
  )
}

async function requireTopics(consumer: Consumer, topics: readonly string[]): Promise<void> {
  for (const topic of topics)
    await consumer.metadata({ topics: [topic], forceUpdate: true }).catch((cause: unknown) => {
      if (!isUnknownTopic(cause)) throw cause
      throw new FreshetError("input", `Kafka has no topic ${topic}.`, {
        cause,
        isTransient: true, // a broker that has just started may not know its topics
        hint: "Create the topic, or correct its name in the stream of the source.",
      })
    })
}

async function commitPositions(consumer: Consumer, positions: readonly Position[]): Promise<void> {
  const offsets = positions.map(({ topic, partition, next }) => ({
    topic,
    partition,
    offset: BigInt(next),
    leaderEpoch: -1,
  }))
  await consumer.commit({ offsets })
}

/** Fetches from the leader of each partition. */
async function fetchMessages(
  consumer: Consumer,
  positions: readonly Position[],
): Promise<readonly FetchedMessages[]> {
  const topics = [...new Set(positions.map(({ topic }) => topic))]
  const metadata = await consumer.metadata({ topics })
  const byLeader = new Map<number, (Position & { readonly topicId: string })[]>()
  for (const position of positions) {
    const topic = metadata.topics.get(position.topic)
    const leader = topic?.partitions[position.partition]?.leader ?? -1
    const group = byLeader.get(leader) ?? []
    byLeader.set(leader, group)
    group.push({ ...position, topicId: topic?.id ?? "" })
  }
  const responses = await Promise.all(
    [...byLeader].map(async ([node, group]) => {
      return toFetchedMessages(await fetchFrom(consumer, node, group), group)
    }),
  )
  return responses.flat()
}

function fetchFrom(
  consumer: Consumer,
  node: number,
  positions: readonly (Position & { readonly topicId: string })[],
) {
  return consumer.fetch({ node, topics: positions.map(toFetchedTopic) })
}

function toFetchedTopic({
  topicId,
  partition,
  next,
}: Position & {
  readonly topicId: string
}) {
  return {
    topicId,
    partitions: [
      {
        partition,
        fetchOffset: BigInt(next),
        partitionMaxBytes: maxFetchBytes,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
      },
    ],
  }
}

function toFetchedMessages(
  { responses }: Awaited<ReturnType<typeof fetchFrom>>,
  positions: readonly (Position & { readonly topicId: string })[],
): readonly FetchedMessages[] {
  return responses.flatMap(({ topicId, partitions }) =>
    partitions.flatMap(({ partitionIndex, records = [] }) => {
      const position = positions.find(
        (candidate) => candidate.topicId === topicId && candidate.partition === partitionIndex,
      )
      if (position === undefined || records.length === 0) return []
      const messages = records.flatMap((batch) => toMessages(batch, position.next))
      const next = Math.max(position.next, ...records.map(getNextOffset))
      return [{ topic: position.topic, partition: partitionIndex, next, messages }]
    }),
  )
}

function getNextOffset({ firstOffset, lastOffsetDelta }: RecordsBatch): number {
  return Number(firstOffset) + lastOffsetDelta + 1
}

/** Bits of a batch: its times are those at which the broker appended it; it holds markers of transactions. */
const [appendTimeBit, controlBit] = [8, 32]

/** Converts a batch of the log. It may begin before the position. */
function toMessages(batch: RecordsBatch, from: number): readonly StreamMessage[] {
  if ((batch.attributes & controlBit) !== 0) return []
  const first = Number(batch.firstOffset)
  const firstMs = Number(batch.firstTimestamp)
  const appendMs = (batch.attributes & appendTimeBit) === 0 ? undefined : Number(batch.maxTimestamp)
  const messages = batch.records.map(({ offsetDelta, timestampDelta, value }) => ({
    offset: first + offsetDelta,
    recordMs: appendMs ?? firstMs + Number(timestampDelta),
    value,
  }))
  return first < from ? messages.filter(({ offset }) => offset >= from) : messages
}
