import type { SourceAsset } from "../declare/declaration.ts"
import { getPartitionAt, isTimed, type Timed, toTimeInterval } from "../declare/partition.ts"
import type { JsonKey } from "../declare/source-format.ts"
import type { KafkaStream } from "../declare/stream.ts"
import { parseEventTime } from "./event-time.ts"

/** A source whose files are landed from a stream. */
export type StreamedSource = SourceAsset<string, SourceAsset["columns"], Timed> & {
  readonly stream: KafkaStream
}

/** Narrows a source to one that is landed from a stream. */
export function isStreamed(source: SourceAsset): source is StreamedSource {
  return source.stream !== undefined && isTimed(source.partitions)
}

/** Finds the partition of a message from its text and the time of its record, in milliseconds since 1970. */
export type FindMessagePartition = (text: string, recordMs: number) => number

/**
 * Creates the rule that assigns messages to partitions: the one that holds the event's own time. A message without such
 * a time, or with one outside of the source's partitions, belongs to the partition of its record, or else to the nearest
 * one that the source has: every message lands where the source reads it.
 */
export function createMessageAssigner({
  partitions,
  stream,
}: Pick<StreamedSource, "partitions" | "stream">): FindMessagePartition {
  const { start, end = Infinity } = partitions
  const findPartition = createPartitionFinder(partitions)
  return (text, recordMs) => {
    const eventMs = findEventTime(text, stream)
    const partition = eventMs === undefined ? undefined : findPartition(eventMs)
    if (partition !== undefined && partition >= start && partition <= end) return partition
    return Math.min(Math.max(findPartition(recordMs), start), end)
  }
}

/** Finds the partition of an instant. Events follow each other in time, so the interval of the last one is remembered. */
function createPartitionFinder(partitions: Timed): (instantMs: number) => number {
  let index = partitions.start
  let interval = toTimeInterval(partitions, index)
  return (instantMs) => {
    if (instantMs < interval.startMs || instantMs >= interval.endMs) {
      index = getPartitionAt(partitions, instantMs)
      interval = toTimeInterval(partitions, index)
    }
    return index
  }
}

function findEventTime(text: string, stream: KafkaStream): number | undefined {
  const value = findValue(parseJson(text), stream.time)
  return parseEventTime(value, stream.timeFormat ?? "iso")
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function findValue(message: unknown, key: JsonKey): unknown {
  let value = message
  for (const part of typeof key === "string" ? [key] : key) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}
