import { FreshetError } from "@freshet/core/engine"

import { type BatchWriter, createBatchWriter } from "./batch-writer.ts"
import { findPositions, skipToFirst } from "./find-positions.ts"
import type { FetchedMessages, OffsetBounds, Position, TopicPartition } from "./stream-reader.ts"
import type { TopicLanding } from "./topic-landing.ts"

/**
 * Lands the messages of topics, each offset once, until the signal is aborted. Several processes may land the same
 * topics: each batch lands by one of them, and the others go on after it. Messages that were read and have not landed
 * when it ends are read again by the next call.
 */
export async function landTopics(landing: TopicLanding): Promise<void> {
  const topics = landing.sources.map(({ stream }) => stream.topic)
  const bounds = await landing.reader.readBounds(topics)
  landing.onConnected()
  const ends = landing.untilEnd ? bounds : undefined
  let isEnded = false
  while (!isEnded && !landing.signal.aborted)
    try {
      await landFromJournals(landing, await landing.reader.readBounds(topics), ends)
      isEnded = true
    } catch (error) {
      if (!(error instanceof FreshetError) || error.code !== "moved") throw error
    }
}

/** Lands messages from where the journals end. Throws FreshetError "moved" when another process lands some of them. */
async function landFromJournals(
  landing: TopicLanding,
  bounds: readonly OffsetBounds[],
  ends: readonly OffsetBounds[] | undefined,
): Promise<void> {
  const { reader, signal } = landing
  const journals = await findPositions(landing, bounds)
  const writer = createBatchWriter(landing, journals)
  let positions: readonly Position[] = journals.map(skipToFirst)
  const startFetch = () => {
    const fetching = reader.fetch(positions)
    fetching.catch(() => {}) // its error is thrown where it is awaited
    return fetching
  }
  try {
    let fetching = startFetch()
    while (!signal.aborted && !hasReached(positions, ends)) {
      const fetches = await fetching
      positions = advance(positions, fetches)
      fetching = startFetch() // while these messages are assigned to files
      for (const fetched of fetches) await addMessages(writer, fetched)
      if (writer.isDue()) await writer.land()
    }
    if (!signal.aborted) await writer.land()
  } finally {
    await writer.waitUntilLanded()
  }
}

async function addMessages(writer: BatchWriter, fetched: FetchedMessages): Promise<void> {
  for (const message of fetched.messages) {
    if (writer.isFull(message)) await writer.land()
    writer.add(fetched, message)
  }
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition
}

function advance(
  positions: readonly Position[],
  fetches: readonly FetchedMessages[],
): readonly Position[] {
  return positions.map((position) => {
    const fetched = fetches.find((candidate) => isSame(candidate, position))
    return fetched === undefined ? position : { ...position, next: fetched.next }
  })
}

function hasReached(
  positions: readonly Position[],
  ends: readonly OffsetBounds[] | undefined,
): boolean {
  return (
    ends !== undefined &&
    ends.every(
      (bounds) => (positions.find((position) => isSame(position, bounds))?.next ?? 0) >= bounds.end,
    )
  )
}
