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

const occurredAt = nullable(timestamp("When it happened; null when the log does not say."))

/** The day's log, read once and taken apart by action. Every event counts, also one that is there twice. */
export const { follows, subscribes, messages, likes } = sqlAssets({
  ...dailyOptions,
  name: "activities",
  outputs: {
    follows: {
      description: "Who began to follow whom on the day, one row a follow.",
      columns: {
        user_id: int32("The user who follows."),
        following_user_id: int32("The user who is followed."),
        occurred_at: occurredAt,
      },
      query: sql`
        select user_id, following_user_id, timestamp as occurred_at
        from ${activityLog} where action = 'follow'`,
    },
    subscribes: {
      description: "Who subscribed to which room on the day, one row a subscribe.",
      columns: {
        user_id: int32("The user who subscribes."),
        room_id: int32("The room."),
        occurred_at: occurredAt,
      },
      query: sql`
        select user_id, room_id, timestamp as occurred_at
        from ${activityLog} where action = 'subscribe'`,
    },
    messages: {
      description: "Who wrote in which room on the day, one row a message.",
      columns: {
        message_id: int64("The message."),
        user_id: int32("Its author."),
        room_id: int32("The room it was written in."),
        mention_ids: list(
          int32(),
          "The users it mentions, in its order; one who is mentioned twice is there twice.",
        ),
        occurred_at: occurredAt,
        day: date("The day of the log that it came with."),
      },
      query: sql`
        select message_id, user_id, room_id,
          case when trim(mention_ids) <> '' then string_split(mention_ids, ',')::integer[]
            else [] end as mention_ids,
          timestamp as occurred_at, ${partitionDay} as day
        from ${activityLog} where action = 'message'`,
    },
    likes: {
      description: "Who liked which message on the day, one row a like.",
      columns: {
        user_id: int32("The user who likes."),
        message_id: int64("The message, often of an earlier day."),
        occurred_at: occurredAt,
      },
      query: sql`
        select user_id, message_id, timestamp as occurred_at
        from ${activityLog} where action = 'like'`,
    },
  },
})
