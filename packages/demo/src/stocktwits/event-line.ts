import type { Random } from "@freshet/core/engine"

import { buildAliasTable, drawIndex } from "../alias-table.ts"
import type { DayMessages, EventModel } from "./day-messages.ts"
import { computeDayVolume } from "./day-volume.ts"
import { drawLikedMessageId } from "./liked-message.ts"
import type { LineBuffer } from "./line-buffer.ts"
import { drawId, drawTarget } from "./population.ts"
import { toTimeOfDay } from "./time-of-day.ts"

/** Inputs of the lines of one day. */
export interface EventDay {
  readonly model: EventModel
  /** The day as YYYY-MM-DD. */
  readonly key: string
  /** The messages of the day and of those before it, newest first. */
  readonly recent: readonly DayMessages[]
  readonly random: Random
  /** The part of a line that introduces the time of day. */
  readonly timestamp: Uint8Array
}

const TWO_32 = 2 ** 32
const OLD_DAYS = 400
const UNKNOWN_LIKES_PER_1000 = 5
const SELF_MENTIONS_PER_1000 = 15
const mentionCounts = buildAliasTable([600, 240, 90, 35, 20, 10, 5]) // of 1,000 messages, by mentions

const encoder = new TextEncoder()
const messagePrefix = encoder.encode('{"action": "message", "message_id": ')
const likePrefix = encoder.encode('{"action": "like", "user_id": ')
const followPrefix = encoder.encode('{"action": "follow", "user_id": ')
const subscribePrefix = encoder.encode('{"action": "subscribe", "user_id": ')
const userIdKey = encoder.encode(', "user_id": ')
const roomIdKey = encoder.encode(', "room_id": ')
const messageIdKey = encoder.encode(', "message_id": ')
const followedIdKey = encoder.encode(', "following_user_id": ')
const mentionIdsKey = encoder.encode(', "mention_ids": "')
const quote = encoder.encode('"')
const comma = encoder.encode(",")
const lineEnd = encoder.encode('Z"}\n')

/** Encodes the part of a line between its last field and the time of day. */
export function encodeTimestampPrefix(key: string): Uint8Array {
  return encoder.encode(`, "timestamp": "${key}T`)
}

/** Puts the line of the message at this position of the day; later positions have later times. */
export function putMessage(day: EventDay, place: number, buffer: LineBuffer): void {
  const { random, model, recent } = day
  const authors = recent[0]?.authors ?? new Int32Array()
  const author = authors[place] ?? 0
  const community = getCommunity(day, author)
  buffer.put(messagePrefix)
  buffer.putNumber((recent[0]?.firstId ?? 0) + place)
  buffer.put(userIdKey)
  buffer.putNumber(author)
  buffer.put(roomIdKey)
  buffer.putNumber(drawTarget(model.population.rooms, community, random))
  buffer.put(mentionIdsKey)
  putMentions(day, author, buffer)
  buffer.put(quote)
  const jitter = random.next() / TWO_32
  putEnd(day, Math.floor(((place + jitter) * TWO_32) / authors.length), buffer)
}

/** Puts a like of a message written before it, or rarely of one from long ago. */
export function putLike(day: EventDay, buffer: LineBuffer): void {
  const { random, recent } = day
  const user = drawId(day.model.population.actors, random)
  const quantile = random.next()
  const isUnknown = random.below(1000) < UNKNOWN_LIKES_PER_1000
  buffer.put(likePrefix)
  buffer.putNumber(user)
  buffer.put(messageIdKey)
  buffer.putNumber(
    isUnknown
      ? drawOldMessageId(day)
      : drawLikedMessageId(recent, getCommunity(day, user), quantile, random),
  )
  putEnd(day, quantile, buffer)
}

/** Puts a follow, never of oneself. */
export function putFollow(day: EventDay, buffer: LineBuffer): void {
  const { users, actors } = day.model.population
  const user = drawId(actors, day.random)
  const target = drawTarget(users, getCommunity(day, user), day.random)
  buffer.put(followPrefix)
  buffer.putNumber(user)
  buffer.put(followedIdKey)
  buffer.putNumber(target === user ? (target % users.pool.ids.length) + 1 : target)
  putEnd(day, day.random.next(), buffer)
}

/** Puts a subscription to a room. */
export function putSubscribe(day: EventDay, buffer: LineBuffer): void {
  const { rooms, actors } = day.model.population
  const user = drawId(actors, day.random)
  buffer.put(subscribePrefix)
  buffer.putNumber(user)
  buffer.put(roomIdKey)
  buffer.putNumber(drawTarget(rooms, getCommunity(day, user), day.random))
  putEnd(day, day.random.next(), buffer)
}

function putMentions(day: EventDay, author: number, buffer: LineBuffer): void {
  const { users } = day.model.population
  const community = getCommunity(day, author)
  const count = drawIndex(mentionCounts, day.random)
  for (let index = 0; index < count; index += 1) {
    if (index > 0) buffer.put(comma)
    const isSelf = day.random.below(1000) < SELF_MENTIONS_PER_1000
    buffer.putNumber(isSelf ? author : drawTarget(users, community, day.random))
  }
}

function putEnd(day: EventDay, quantile: number, buffer: LineBuffer): void {
  buffer.put(day.timestamp)
  buffer.putTime(toTimeOfDay(quantile))
  buffer.put(lineEnd)
}

function getCommunity(day: EventDay, user: number): number {
  return day.model.population.users.communityById[user] ?? 0
}

function drawOldMessageId(day: EventDay): number {
  const today = day.recent[0]?.day ?? 0
  return 1 + day.random.below(computeDayVolume(day.model.sizes, today - OLD_DAYS).firstMessageId)
}
