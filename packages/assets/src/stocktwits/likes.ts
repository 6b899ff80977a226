import { int32, int64, last, sharedRows, sql, sqlAssets } from "@freshet/core"

import { likes, messages } from "./activities.ts"
import { dailyOptions } from "./asset-options.ts"
import type { StocktwitsSettings } from "./settings.ts"

/** Looks up the message of each like of the day once, for both its author and its room. */
export function likedMessages({ windowDays }: StocktwitsSettings) {
  const windowMessages = last(windowDays, messages)
  return sqlAssets({
    ...dailyOptions,
    name: "liked_messages",
    shared: sql`
      with found as (
        select likes.user_id, likes.message_id, known.user_id as author_id, known.room_id, known.day
        from ${likes} as likes
        left join ${windowMessages} as known on known.message_id = likes.message_id
      ),
      -- an id that was used again means the earliest message that has it; hardly any day has such a one
      again as (
        select message_id, min(day) as first_day
        from found
        where (select count(*) from found) > (select count(*) from ${likes})
        group by message_id
        having min(day) <> max(day)
      )
      select found.user_id, found.message_id, found.author_id, found.room_id
      from found
      left join again on again.message_id = found.message_id
      where again.first_day is null or found.day = again.first_day`,
    outputs: {
      liked_users: {
        description: "Authors of the messages liked on the day, one row per like.",
        columns: {
          user_id: int32("User who likes."),
          liked_user_id: int32("Author of the liked message."),
        },
        query: sql`
          select user_id, author_id as liked_user_id
          from ${sharedRows} where author_id is not null`,
      },
      liked_rooms: {
        description: "Rooms of the messages liked on the day, one row per like.",
        columns: {
          user_id: int32("User who likes."),
          room_id: int32("Room of the liked message."),
        },
        query: sql`
          select user_id, room_id
          from ${sharedRows} where author_id is not null`,
      },
      likes_without_message: {
        description: `Likes of the day whose message is not in the ${windowDays} days ending with the day. No other asset counts them.`,
        columns: {
          user_id: int32("User who likes."),
          message_id: int64("Id of the message that was not found."),
        },
        query: sql`
          select user_id, message_id
          from ${sharedRows} where author_id is null`,
      },
    },
  })
}
