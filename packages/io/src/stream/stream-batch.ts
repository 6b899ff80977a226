import { type FindMessagePartition, formatLandingPath } from "@freshet/core/engine"
import type { StreamedSource } from "@freshet/core/engine"

import type { Position, StreamMessage, TopicPartition } from "./stream-reader.ts"

/** The messages of one partition of a topic that land together: the offsets from `from` up to `next`, which is excluded. */
export interface PartitionBatch extends Position {
  readonly from: number
  readonly messages: number
  /** Partition of the source → the lines of its file. */
  readonly files: ReadonlyMap<number, FileLines>
}

/** The lines of a file, each with its newline, and the offsets of its first and its last message. */
export interface FileLines {
  readonly first: number
  readonly last: number
  readonly lines: readonly Uint8Array[]
}

interface GrowingBatch extends PartitionBatch {
  next: number
  messages: number
  readonly files: Map<number, FileLines & { last: number; readonly lines: Uint8Array[] }>
}

/** The source of a topic and its rule that assigns messages to partitions. */
export interface Route {
  readonly source: StreamedSource
  readonly findPartition: FindMessagePartition
}

/** Collects the messages that land together. */
export interface BatchCollector {
  readonly add: (topicPartition: TopicPartition, message: StreamMessage) => void
  /** The numbers of messages and of bytes that were added. */
  readonly getSize: () => { readonly messages: number; readonly bytes: number }
  readonly listBatches: () => readonly PartitionBatch[]
}

/** Creates a collector of messages that follow some positions. */
export function createBatchCollector(
  routes: ReadonlyMap<string, Route>,
  positions: readonly Position[],
): BatchCollector {
  const batches = new Map(
    positions.map(({ topic, partition, next }): [string, GrowingBatch] => [
      `${topic} ${partition}`,
      { topic, partition, from: next, next, messages: 0, files: new Map() },
    ]),
  )
  const size = { messages: 0, bytes: 0 }
  return {
    add: ({ topic, partition }, message) => {
      const batch = batches.get(`${topic} ${partition}`)
      const route = routes.get(topic)
      if (batch === undefined || route === undefined) return
      addMessage(batch, route, message)
      size.messages += 1
      size.bytes += message.value?.length ?? 0
    },
    getSize: () => size,
    listBatches: () => [...batches.values()].filter(({ messages }) => messages > 0),
  }
}

const newline = Buffer.from("\n")
const nullLine = Buffer.from("null")

/** Adds a message as it is: only its line breaks, which JSON allows between values alone, become spaces. A message without bytes becomes `null`. */
function addMessage(batch: GrowingBatch, { findPartition }: Route, message: StreamMessage): void {
  const { offset, recordMs } = message
  const value = message.value === null || message.value.length === 0 ? nullLine : message.value
  const partition = findPartition(value.toString("utf8"), recordMs)
  const line = value.includes(10) || value.includes(13) ? joinLines(value) : value
  const file = batch.files.get(partition)
  if (file === undefined)
    batch.files.set(partition, { first: offset, last: offset, lines: [line, newline] })
  else {
    file.lines.push(line, newline)
    file.last = offset
  }
  batch.messages += 1
  batch.next = offset + 1
}

function joinLines(value: Uint8Array): Uint8Array {
  return value.map((byte) => (byte === 10 || byte === 13 ? 32 : byte))
}

const offsetDigits = 20

/** Formats an offset so that names sort by it. */
export function formatOffset(offset: number): string {
  return String(offset).padStart(offsetDigits, "0")
}

/** Formats the path of a file in the landing zone: `ticks/2026-01-05/ticks-0-FIRST-LAST.json`. */
export function formatBatchPath(
  { path, partitions }: Pick<StreamedSource, "path" | "partitions">,
  { topic, partition }: TopicPartition,
  index: number,
  { first, last }: Pick<FileLines, "first" | "last">,
): string {
  const name = `${topic}-${partition}-${formatOffset(first)}-${formatOffset(last)}`
  return formatLandingPath(path, partitions, index).replace("*", () => name)
}
