import { aliasTable, drawIndex } from "./alias-table.ts"
import type { DayMessages, World } from "./day-messages.ts"
import { dayVolume } from "./day-volume.ts"
import { likedMessageId } from "./liked-message.ts"
import type { LineBuffer } from "./line-buffer.ts"
import { drawId, drawTarget } from "./population.ts"
import type { Random } from "./random.ts"
import { timeOfDay } from "./time-of-day.ts"

/** What the lines of one day are made from. */
export interface EventDay {
  readonly world: World
  /** The day as YYYY-MM-DD. */
  readonly key: string
  /** The messages of the day and of those before it, newest first. */
  readonly recent: readonly DayMessages[]
  readonly random: Random
  /** The piece of a line that introduces the time of day. */
  readonly timestamp: Uint8Array
}

const TWO_32 = 2 ** 32
const OLD_DAYS = 400
const UNKNOWN_LIKES_PER_1000 = 5
const SELF_MENTIONS_PER_1000 = 15
const mentionCounts = aliasTable([600, 240, 90, 35, 20, 10, 5]) // of 1,000 messages, by mentions

const encoder = new TextEncoder()
const messageStart = encoder.encode('{"action": "message", "message_id": ')
const likeStart = encoder.encode('{"action": "like", "user_id": ')
const followStart = encoder.encode('{"action": "follow", "user_id": ')
const subscribeStart = encoder.encode('{"action": "subscribe", "user_id": ')
const userId = encoder.encode(', "user_id": ')
const roomId = encoder.encode(', "room_id": ')
const messageId = encoder.encode(', "message_id": ')
const followedId = encoder.encode(', "following_user_id": ')
const mentionIds = encoder.encode(', "mention_ids": "')
const quote = encoder.encode('"')
const comma = encoder.encode(",")
const lineEnd = encoder.encode('Z"}\n')

/** The piece of a line between its last field and the time of day. */
export function timestampPiece(key: string): Uint8Array {
  return encoder.encode(`, "timestamp": "${key}T`)
}

/** Puts the line of the day's message at this place; later places have later times. */
export function putMessage(day: EventDay, place: number, into: LineBuffer): void {
  const { random, world, recent } = day
  const authors = recent[0]?.authors ?? new Int32Array()
  const author = authors[place] ?? 0
  const community = communityOf(day, author)
  into.put(messageStart)
  into.putNumber((recent[0]?.firstId ?? 0) + place)
  into.put(userId)
  into.putNumber(author)
  into.put(roomId)
  into.putNumber(drawTarget(world.population.rooms, community, random))
  into.put(mentionIds)
  putMentions(day, author, into)
  into.put(quote)
  const jitter = random.next() / TWO_32
  putEnd(day, Math.floor(((place + jitter) * TWO_32) / authors.length), into)
}

/** Puts a like of a message written before it, or rarely of one from long ago. */
export function putLike(day: EventDay, into: LineBuffer): void {
  const { random, recent } = day
  const user = drawId(day.world.population.actors, random)
  const quantile = random.next()
  const isUnknown = random.below(1000) < UNKNOWN_LIKES_PER_1000
  into.put(likeStart)
  into.putNumber(user)
  into.put(messageId)
  into.putNumber(
    isUnknown
      ? oldMessageId(day)
      : likedMessageId(recent, communityOf(day, user), quantile, random),
  )
  putEnd(day, quantile, into)
}

/** Puts a follow, never of oneself. */
export function putFollow(day: EventDay, into: LineBuffer): void {
  const { users, actors } = day.world.population
  const user = drawId(actors, day.random)
  const target = drawTarget(users, communityOf(day, user), day.random)
  into.put(followStart)
  into.putNumber(user)
  into.put(followedId)
  into.putNumber(target === user ? (target % users.everyone.ids.length) + 1 : target)
  putEnd(day, day.random.next(), into)
}

/** Puts a subscription to a room. */
export function putSubscribe(day: EventDay, into: LineBuffer): void {
  const { rooms, actors } = day.world.population
  const user = drawId(actors, day.random)
  into.put(subscribeStart)
  into.putNumber(user)
  into.put(roomId)
  into.putNumber(drawTarget(rooms, communityOf(day, user), day.random))
  putEnd(day, day.random.next(), into)
}

function putMentions(day: EventDay, author: number, into: LineBuffer): void {
  const { users } = day.world.population
  const community = communityOf(day, author)
  const count = drawIndex(mentionCounts, day.random)
  for (let index = 0; index < count; index += 1) {
    if (index > 0) into.put(comma)
    const isSelf = day.random.below(1000) < SELF_MENTIONS_PER_1000
    into.putNumber(isSelf ? author : drawTarget(users, community, day.random))
  }
}

function putEnd(day: EventDay, quantile: number, into: LineBuffer): void {
  into.put(day.timestamp)
  into.putTime(timeOfDay(quantile))
  into.put(lineEnd)
}

function communityOf(day: EventDay, user: number): number {
  return day.world.population.users.communityOf[user] ?? 0
}

function oldMessageId(day: EventDay): number {
  const today = day.recent[0]?.day ?? 0
  return 1 + day.random.below(dayVolume(day.world.sizes, today - OLD_DAYS).firstMessageId)
}
