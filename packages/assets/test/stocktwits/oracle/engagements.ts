import { listDaysEnding } from "./days-ending.ts"
import type { ParsedDay } from "./parse-day.ts"

export interface Engagement {
  readonly user_id: number
  readonly engaged_with_id: number
}

export interface LandedDays {
  readonly byDay: ReadonlyMap<string, ParsedDay>
  /** Days of the window, and how far back a like looks for its message. */
  readonly days: number
}

/**
 * A day's engagements between users, one for each follow, each mention (twice when listed twice)
 * and each like that finds its message. Self-engagements are among them.
 */
export function listUserEngagements(day: ParsedDay, landed: LandedDays): readonly Engagement[] {
  return [
    ...day.follows.map((follow) => toEngagement(follow.user_id, follow.following_user_id)),
    ...day.messages.flatMap((message) =>
      message.mention_ids.map((id) => toEngagement(message.user_id, id)),
    ),
    ...listLikedMessages(day, landed).map((liked) => toEngagement(liked.by, liked.user_id)),
  ]
}

/** A day's engagements with rooms: each subscribe, each message, each like that finds its message. */
export function listRoomEngagements(day: ParsedDay, landed: LandedDays): readonly Engagement[] {
  return [
    ...day.subscribes.map((subscribe) => toEngagement(subscribe.user_id, subscribe.room_id)),
    ...day.messages.map((message) => toEngagement(message.user_id, message.room_id)),
    ...listLikedMessages(day, landed).map((liked) => toEngagement(liked.by, liked.room_id)),
  ]
}

export function countLikesWithoutMessage(day: ParsedDay, landed: LandedDays): number {
  return day.likes.length - listLikedMessages(day, landed).length
}

/** Lists the parsed days of the window that ends with `day`; a day that has not landed adds nothing. */
export function listWindowDays(day: string, landed: LandedDays): readonly ParsedDay[] {
  return listDaysEnding(day, landed.days).flatMap((windowDay) => landed.byDay.get(windowDay) ?? [])
}

/**
 * A like sees the messages of the window that ends at its own day, in any order of the
 * file. A message_id sent again on a later day is a message of that day too (its room and its
 * mentions count), but a like goes to the earliest one that its window still shows.
 */
function listLikedMessages(day: ParsedDay, landed: LandedDays) {
  const messages = listWindowDays(day.day, landed).flatMap((windowDay) => windowDay.messages)
  return day.likes.flatMap((like) => {
    const message = messages.find((windowMessage) => windowMessage.message_id === like.message_id)
    if (message === undefined) return []
    return { by: like.user_id, user_id: message.user_id, room_id: message.room_id }
  })
}

function toEngagement(user_id: number, engaged_with_id: number): Engagement {
  return { user_id, engaged_with_id }
}
