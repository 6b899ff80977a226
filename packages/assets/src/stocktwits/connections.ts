import { int32, last, previous, type Read, sql, sqlAsset, topK, unique } from "@freshet/core"

import { follows, subscribes } from "./activities.ts"
import { type DailyAsset, windowOptions, cumulativeOptions } from "./asset-options.ts"
import type { StocktwitsSettings } from "./settings.ts"

export const followsToDate = sqlAsset({
  ...cumulativeOptions,
  name: "follows_to_date",
  description: "Follows in all logs up to the day, one row per pair.",
  columns: {
    user_id: int32("User who follows."),
    following_user_id: int32("User who is followed."),
  },
  query: sql`
    select user_id, following_user_id from ${previous()}
    union all
    select distinct user_id, following_user_id from ${follows} as added
    where not exists (
      select 1 from ${previous()} as known
      where known.user_id = added.user_id and known.following_user_id = added.following_user_id
    )`,
})

export const subscriptionsToDate = sqlAsset({
  ...cumulativeOptions,
  name: "subscriptions_to_date",
  description: "Room subscriptions in all logs up to the day, one row per pair.",
  columns: {
    user_id: int32("User who is subscribed."),
    room_id: int32("Id of the room."),
  },
  query: sql`
    select user_id, room_id from ${previous()}
    union all
    select distinct user_id, room_id from ${subscribes} as added
    where not exists (
      select 1 from ${previous()} as known
      where known.user_id = added.user_id and known.room_id = added.room_id
    )`,
})

/** The follows and subscriptions that rule a recommendation out. */
export interface ExistingConnections {
  readonly follows: Read | DailyAsset
  readonly subscriptions: Read | DailyAsset
}

export function selectExistingConnections({
  alreadyConnected,
  windowDays,
}: StocktwitsSettings): ExistingConnections {
  switch (alreadyConnected) {
    case "to_date":
      return { follows: followsToDate, subscriptions: subscriptionsToDate }
    case "window":
      return { follows: last(windowDays, follows), subscriptions: last(windowDays, subscribes) }
  }
}

export function closestUsers(
  { closest, windowDays }: StocktwitsSettings,
  userEngagements: DailyAsset,
) {
  return sqlAsset({
    ...windowOptions,
    name: "closest_users",
    description: `The ${closest} users with whom each user engaged most in the ${windowDays} days ending with the day. Ties are ordered by id.`,
    columns: {
      user_id: int32("User who engaged."),
      engaged_with_id: int32("Close user."),
      weight: int32("Number of engagements.", { unit: "engagements" }),
    },
    query: topK({
      from: sql`select user_id, engaged_with_id, weight from ${userEngagements}`,
      by: "user_id",
      id: "engaged_with_id",
      weight: "weight",
      count: closest,
    }),
    checks: [unique("user_id", "engaged_with_id")],
  })
}

export function closestRooms(
  { closest, windowDays }: StocktwitsSettings,
  roomEngagements: DailyAsset,
) {
  return sqlAsset({
    ...windowOptions,
    name: "closest_rooms",
    description: `The ${closest} rooms with which each user engaged most in the ${windowDays} days ending with the day. Ties are ordered by id.`,
    columns: {
      user_id: int32("User who engaged."),
      engaged_with_id: int32("Close room."),
      weight: int32("Number of engagements.", { unit: "engagements" }),
    },
    query: topK({
      from: sql`select user_id, engaged_with_id, weight from ${roomEngagements}`,
      by: "user_id",
      id: "engaged_with_id",
      weight: "weight",
      count: closest,
    }),
    checks: [unique("user_id", "engaged_with_id")],
  })
}
