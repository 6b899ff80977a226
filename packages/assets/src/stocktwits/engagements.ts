import { int32, last, sql, sqlAsset } from "@freshet/core"

import { follows, messages, subscribes } from "./activities.ts"
import { type DailyAsset, dailyOptions, windowOptions } from "./asset-options.ts"
import type { StocktwitsSettings } from "./settings.ts"

export const userMentions = sqlAsset({
  ...dailyOptions,
  name: "user_mentions",
  description:
    "Mentions of the day, one row per mention; repeated mentions in a message count each time.",
  columns: {
    user_id: int32("Author of the message."),
    mentioned_user_id: int32("User who is mentioned."),
  },
  query: sql`
    select user_id, unnest(mention_ids) as mentioned_user_id
    from ${messages}`,
})

export function userEngagements(
  { windowDays, selfEngagements }: StocktwitsSettings,
  likedUsers: DailyAsset,
) {
  const selfCondition = selfEngagements === "keep" ? sql`true` : sql`user_id <> engaged_with_id`
  return sqlAsset({
    ...windowOptions,
    name: "user_engagements",
    description: `Engagements of each user with each other user in the ${windowDays} days ending with the day: follows, mentions and likes.`,
    columns: {
      user_id: int32("User who engaged."),
      engaged_with_id: int32("User who was followed, mentioned or liked."),
      weight: int32("Number of engagements.", { unit: "engagements" }),
    },
    query: sql`
      select user_id, engaged_with_id, count(*)::integer as weight
      from (
        select user_id, following_user_id as engaged_with_id from ${last(windowDays, follows)}
        union all
        select user_id, mentioned_user_id from ${last(windowDays, userMentions)}
        union all
        select user_id, liked_user_id from ${last(windowDays, likedUsers)}
      ) as engagements
      where ${selfCondition}
      group by user_id, engaged_with_id`,
  })
}

export function roomEngagements({ windowDays }: StocktwitsSettings, likedRooms: DailyAsset) {
  return sqlAsset({
    ...windowOptions,
    name: "room_engagements",
    description: `Engagements of each user with each room in the ${windowDays} days ending with the day: subscribes, messages, and likes of messages in the room.`,
    columns: {
      user_id: int32("User who engaged."),
      engaged_with_id: int32("Id of the room."),
      weight: int32("Number of engagements.", { unit: "engagements" }),
    },
    query: sql`
      select user_id, engaged_with_id, count(*)::integer as weight
      from (
        select user_id, room_id as engaged_with_id from ${last(windowDays, subscribes)}
        union all
        select user_id, room_id from ${last(windowDays, messages)}
        union all
        select user_id, room_id from ${last(windowDays, likedRooms)}
      ) as engagements
      group by user_id, engaged_with_id`,
  })
}
