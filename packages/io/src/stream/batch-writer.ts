import { createMessageAssigner, formatQuantity, FreshetError } from "@freshet/core/engine"

import { landBatch } from "./landing-journal.ts"
import { createBatchCollector, type PartitionBatch, type Route } from "./stream-batch.ts"
import type { Position, StreamMessage, TopicPartition } from "./stream-reader.ts"
import type { BatchLimits, TopicLanding } from "./topic-landing.ts"

/** Lands messages in batches. Up to two batches are in memory: one is read while the one before it lands. */
export interface BatchWriter {
  /** Tests if the batch has no room for a message. */
  readonly isFull: (message: StreamMessage) => boolean
  /** Tests if a message of the batch has waited for the longest time. */
  readonly isDue: () => boolean
  /** Adds a message to the batch. Fails if it is larger than a batch. */
  readonly add: (topicPartition: TopicPartition, message: StreamMessage) => void
  /** Begins to land the batch, once the one before it has landed. Throws the error of that one. */
  readonly land: () => Promise<void>
  readonly waitUntilLanded: () => Promise<void>
}

/** Creates a writer of the messages that follow the ends of the journals. */
export function createBatchWriter(
  landing: Pick<TopicLanding, "files" | "reader" | "sources" | "limits" | "nowMs" | "emit">,
  journals: readonly Position[],
): BatchWriter {
  const { limits, nowMs } = landing
  const routes = createRoutes(landing)
  let ends = journals
  let collector = createBatchCollector(routes, ends)
  let startedMs: number | undefined
  let previous: Promise<void> = Promise.resolve()
  return {
    isFull: (message) => {
      const { messages, bytes } = collector.getSize()
      return (
        messages > 0 && (messages >= limits.messages || bytes + getBytes(message) > limits.bytes)
      )
    },
    isDue: () => startedMs !== undefined && nowMs() - startedMs >= limits.seconds * 1000,
    add: (topicPartition, message) => {
      if (getBytes(message) > limits.bytes) throw createSizeError(topicPartition, message, limits)
      startedMs ??= nowMs()
      collector.add(topicPartition, message)
    },
    land: async () => {
      await previous
      const batches = collector.listBatches()
      ends = ends.map((end) => batches.find((batch) => isSamePartition(batch, end)) ?? end)
      collector = createBatchCollector(routes, ends)
      startedMs = undefined
      previous = landBatches(landing, routes, batches)
      previous.catch(() => {}) // its error is thrown where it is awaited
    },
    waitUntilLanded: () => previous,
  }
}

function createRoutes({ sources }: Pick<TopicLanding, "sources">): ReadonlyMap<string, Route> {
  return new Map(
    sources.map((source) => [
      source.stream.topic,
      { source, findPartition: createMessageAssigner(source) },
    ]),
  )
}

function isSamePartition(batch: TopicPartition, end: TopicPartition): boolean {
  return batch.topic === end.topic && batch.partition === end.partition
}

function getBytes({ value }: StreamMessage): number {
  return value?.length ?? 0
}

function createSizeError(
  { topic, partition }: TopicPartition,
  message: StreamMessage,
  { bytes }: BatchLimits,
): FreshetError {
  return new FreshetError(
    "input",
    `The message ${message.offset} of ${topic}, partition ${partition}, has ${formatQuantity(getBytes(message), "byte")}, more than the ${formatQuantity(bytes, "byte")} of a batch.`,
    { hint: "Raise --max-bytes." },
  )
}

/** Lands the batches of all partitions, and commits each when its files are durable. */
async function landBatches(
  { files, reader, emit }: Pick<TopicLanding, "files" | "reader" | "emit">,
  routes: ReadonlyMap<string, Route>,
  batches: readonly PartitionBatch[],
): Promise<void> {
  for (const batch of batches) {
    const route = routes.get(batch.topic)
    if (route === undefined) continue
    const paths = await landBatch(files, route, batch)
    const { topic, partition, messages, next } = batch
    const first = Math.min(...[...batch.files.values()].map((file) => file.first))
    emit({ topic, partition, messages, first, last: next - 1, files: paths })
    await reader.commit([{ topic, partition, next }])
  }
}
