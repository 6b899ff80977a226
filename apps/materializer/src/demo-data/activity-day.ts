import { unreachable } from "@freshet/core"

import { keyOfDay } from "./day-key.ts"
import type { DayMessages, World } from "./day-messages.ts"
import { dayVolume } from "./day-volume.ts"
import type { Action } from "./day-volume.ts"
import { putFollow, putLike, putMessage, putSubscribe, timestampPiece } from "./event-line.ts"
import type { EventDay } from "./event-line.ts"
import { lineBuffer } from "./line-buffer.ts"
import type { LineBuffer } from "./line-buffer.ts"
import { malformedKinds, malformedLine, noneMalformed } from "./malformed-line.ts"
import type { MalformedKind } from "./malformed-line.ts"
import { randomFrom, shuffledIds } from "./random.ts"
import type { Random } from "./random.ts"

/** How many lines of which sort an activity file has. */
export interface LineCounts {
  /** Well-formed lines by action. */
  readonly events: Readonly<Record<Action, number>>
  /** Malformed lines by what is wrong with them. */
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
 * The lines of the newest of the `recent` days, shuffled, in chunks that are valid until the next one
 * is asked for. They depend on the world and the day alone, not on which other days are generated.
 */
export function* activityDay(
  world: World,
  recent: readonly DayMessages[],
  hasMalformed: boolean,
): Generator<Uint8Array, LineCounts> {
  const day = eventDay(world, recent)
  const { events } = dayVolume(world.sizes, recent[0]?.day ?? 0)
  const left = { ...events, malformed: hasMalformed ? malformedCount(day) : 0 }
  const malformed = { ...noneMalformed }
  const into = lineBuffer(CHUNK_BYTES + LONGEST_LINE_BYTES)
  const putLine = linePutter(day, into, malformed)
  for (let lines = totalOf(left); lines > 0; lines -= 1) {
    const kind = drawKind(left, lines, day.random)
    left[kind] -= 1
    putLine(kind)
    if (into.size() >= CHUNK_BYTES) yield into.take()
  }
  yield into.take()
  return { events, malformed }
}

function eventDay(world: World, recent: readonly DayMessages[]): EventDay {
  const day = recent[0]?.day ?? 0
  const key = keyOfDay(day)
  const random = randomFrom(world.seed, "events", day)
  return { world, key, recent, random, timestamp: timestampPiece(key) }
}

/** One line in `malformedEvery`, rounded up or down by chance. */
function malformedCount({ world, recent, random }: EventDay): number {
  const { malformedEvery } = world.sizes
  const lines = totalOf(dayVolume(world.sizes, recent[0]?.day ?? 0).events)
  return Math.floor((lines + random.below(malformedEvery)) / malformedEvery)
}

function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** Each kind is as likely as its share of the lines that are left, which makes every order equally likely. */
function drawKind(
  left: Readonly<Record<LineKind, number>>,
  lines: number,
  random: Random,
): LineKind {
  let rest = random.below(lines) - left.like
  if (rest < 0) return "like"
  rest -= left.message
  if (rest < 0) return "message"
  rest -= left.follow
  if (rest < 0) return "follow"
  return rest < left.subscribe ? "subscribe" : "malformed"
}

/** Puts one line of a kind at a time into the buffer and counts the malformed ones. */
function linePutter(
  day: EventDay,
  into: LineBuffer,
  malformed: Record<MalformedKind, number>,
): (kind: LineKind) => void {
  const places = shuffledIds(day.recent[0]?.authors.length ?? 0, day.random)
  let messages = 0
  let faults = day.recent[0]?.day ?? 0
  let lastMessage: ByteRange | undefined // in the buffer as it is now
  return (kind) => {
    if (into.size() === 0) lastMessage = undefined
    switch (kind) {
      case "like":
        return putLike(day, into)
      case "message":
        lastMessage = putPlacedMessage(day, (places[messages] ?? 1) - 1, into)
        messages += 1
        return
      case "follow":
        return putFollow(day, into)
      case "subscribe":
        return putSubscribe(day, into)
      case "malformed":
        malformed[putMalformed(day, faults, into, lastMessage)] += 1
        faults += 1
        return
      default:
        return unreachable(kind)
    }
  }
}

function putPlacedMessage(day: EventDay, place: number, into: LineBuffer): ByteRange {
  const from = into.size()
  putMessage(day, place, into)
  return { from, to: into.size() }
}

function putMalformed(
  day: EventDay,
  turn: number,
  into: LineBuffer,
  message: ByteRange | undefined,
): MalformedKind {
  const wanted = malformedKinds[turn % malformedKinds.length] ?? "truncated"
  const kind = wanted === "duplicate_message" && message === undefined ? "truncated" : wanted
  if (kind !== "duplicate_message") into.put(malformedLine(day, kind))
  else if (message !== undefined) into.repeat(message.from, message.to)
  return kind
}
