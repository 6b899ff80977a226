import { createRandom, type Random, shuffleIds, unreachable } from "@freshet/core/engine"

import { toDayKey } from "./day-key.ts"
import type { DayMessages, EventModel } from "./day-messages.ts"
import { computeDayVolume } from "./day-volume.ts"
import type { Action } from "./day-volume.ts"
import {
  putFollow,
  putLike,
  putMessage,
  putSubscribe,
  encodeTimestampPrefix,
} from "./event-line.ts"
import type { EventDay } from "./event-line.ts"
import { createLineBuffer } from "./line-buffer.ts"
import type { LineBuffer } from "./line-buffer.ts"
import { malformedKinds, createMalformedLine, noMalformedLines } from "./malformed-line.ts"
import type { MalformedKind } from "./malformed-line.ts"

/** Number of lines of each kind in an activity file. */
export interface LineCounts {
  /** Well-formed lines by action. */
  readonly events: Readonly<Record<Action, number>>
  /** Malformed lines by kind. */
  readonly malformed: Readonly<Record<MalformedKind, number>>
}

type LineKind = Action | "malformed"

interface ByteRange {
  readonly from: number
  readonly to: number
}

const CHUNK_BYTES = 1 << 20
const LONGEST_LINE_BYTES = 512

/**
 * Generates the lines of the newest of the `recent` days, shuffled, in chunks that are valid until the
 * next one is requested. They depend on the model and the day alone, not on the other generated days.
 */
export function* generateActivity(
  model: EventModel,
  recent: readonly DayMessages[],
  hasMalformed: boolean,
): Generator<Uint8Array, LineCounts> {
  const day = createEventDay(model, recent)
  const { events } = computeDayVolume(model.sizes, recent[0]?.day ?? 0)
  const remainingCounts = { ...events, malformed: hasMalformed ? drawMalformedCount(day) : 0 }
  const malformed = { ...noMalformedLines }
  const buffer = createLineBuffer(CHUNK_BYTES + LONGEST_LINE_BYTES)
  const putLine = createLineWriter(day, buffer, malformed)
  for (let lines = sumCounts(remainingCounts); lines > 0; lines -= 1) {
    const kind = drawKind(remainingCounts, lines, day.random)
    remainingCounts[kind] -= 1
    putLine(kind)
    if (buffer.size() >= CHUNK_BYTES) yield buffer.take()
  }
  yield buffer.take()
  return { events, malformed }
}

function createEventDay(model: EventModel, recent: readonly DayMessages[]): EventDay {
  const day = recent[0]?.day ?? 0
  const key = toDayKey(day)
  const random = createRandom(model.seed, "events", day)
  return { model, key, recent, random, timestamp: encodeTimestampPrefix(key) }
}

/** Draws the number of malformed lines: one in `malformedEvery`, rounded up or down at random. */
function drawMalformedCount({ model, recent, random }: EventDay): number {
  const { malformedEvery } = model.sizes
  const lines = sumCounts(computeDayVolume(model.sizes, recent[0]?.day ?? 0).events)
  return Math.floor((lines + random.below(malformedEvery)) / malformedEvery)
}

function sumCounts(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** Draws a kind by its share of the remaining lines, which makes every order equally likely. */
function drawKind(
  remainingCounts: Readonly<Record<LineKind, number>>,
  lines: number,
  random: Random,
): LineKind {
  let position = random.below(lines) - remainingCounts.like
  if (position < 0) return "like"
  position -= remainingCounts.message
  if (position < 0) return "message"
  position -= remainingCounts.follow
  if (position < 0) return "follow"
  return position < remainingCounts.subscribe ? "subscribe" : "malformed"
}

/** Creates a function that puts one line of a kind into the buffer and counts malformed lines. */
function createLineWriter(
  day: EventDay,
  buffer: LineBuffer,
  malformed: Record<MalformedKind, number>,
): (kind: LineKind) => void {
  const places = shuffleIds(day.recent[0]?.authors.length ?? 0, day.random)
  let messages = 0
  let faults = day.recent[0]?.day ?? 0
  let lastMessage: ByteRange | undefined // in the buffer as it is now
  return (kind) => {
    if (buffer.size() === 0) lastMessage = undefined
    switch (kind) {
      case "like":
        return putLike(day, buffer)
      case "message":
        lastMessage = putPlacedMessage(day, (places[messages] ?? 1) - 1, buffer)
        messages += 1
        return
      case "follow":
        return putFollow(day, buffer)
      case "subscribe":
        return putSubscribe(day, buffer)
      case "malformed":
        malformed[putMalformed(day, faults, buffer, lastMessage)] += 1
        faults += 1
        return
      default:
        return unreachable(kind)
    }
  }
}

function putPlacedMessage(day: EventDay, place: number, buffer: LineBuffer): ByteRange {
  const from = buffer.size()
  putMessage(day, place, buffer)
  return { from, to: buffer.size() }
}

function putMalformed(
  day: EventDay,
  turn: number,
  buffer: LineBuffer,
  message: ByteRange | undefined,
): MalformedKind {
  const plannedKind = malformedKinds[turn % malformedKinds.length] ?? "truncated"
  const kind =
    plannedKind === "duplicate_message" && message === undefined ? "truncated" : plannedKind
  if (kind !== "duplicate_message") buffer.put(createMalformedLine(day, kind))
  else if (message !== undefined) buffer.repeat(message.from, message.to)
  return kind
}
