import {
  date,
  int32,
  int64,
  list,
  nullable,
  partitionDay,
  sql,
  sqlAssets,
  timestamp,
} from "@freshet/core"

import { dailyOptions } from "./asset-options.ts"
import { activityLog } from "./sources.ts"

const occurredAt = nullable(timestamp("Time of the event; null if the log does not give one."))

/** Splits the log of a day by action. Repeated events count each time. */
export const { follows, subscribes, messages, likes } = sqlAssets({
  ...dailyOptions,
  name: "activities",
  outputs: {
    follows: {
      description: "Follows of the day, one row per follow.",
      columns: {
        user_id: int32("User who follows."),
        following_user_id: int32("User who is followed."),
        occurred_at: occurredAt,
      },
      query: sql`
        select user_id, following_user_id, timestamp as occurred_at
        from ${activityLog} where action = 'follow'`,
    },
    subscribes: {
      description: "Room subscriptions of the day, one row per subscribe.",
      columns: {
        user_id: int32("User who subscribes."),
        room_id: int32("Id of the room."),
        occurred_at: occurredAt,
      },
      query: sql`
        select user_id, room_id, timestamp as occurred_at
        from ${activityLog} where action = 'subscribe'`,
    },
    messages: {
      description: "Messages of the day, one row per message.",
      columns: {
        message_id: int64("Id of the message."),
        user_id: int32("Author of the message."),
        room_id: int32("Room of the message."),
        mention_ids: list(
          int32(),
          "Mentioned users in the order of the message, repeated if mentioned repeatedly.",
        ),
        occurred_at: occurredAt,
        day: date("Day of the log that has the message."),
      },
      query: sql`
        select message_id, user_id, room_id,
          case when trim(mention_ids) <> '' then string_split(mention_ids, ',')::integer[]
            else [] end as mention_ids,
          timestamp as occurred_at, ${partitionDay} as day
        from ${activityLog} where action = 'message'`,
    },
    likes: {
      description: "Likes of the day, one row per like.",
      columns: {
        user_id: int32("User who likes."),
        message_id: int64("Liked message, often of an earlier day."),
        occurred_at: occurredAt,
      },
      query: sql`
        select user_id, message_id, timestamp as occurred_at
        from ${activityLog} where action = 'like'`,
    },
  },
})
