import { itself, noRows, publishTo, sql, sqlAsset, topK, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { type DailyAsset, publicationSet, publishedOptions } from "./asset-options.ts"
import type { ExistingConnections } from "./connections.ts"
import type { StocktwitsSettings } from "./settings.ts"
import { roomRecs as roomRecsTable, userRecs as userRecsTable } from "./tables.ts"

const weightText = [
  "Strength of the recommendation: engagements of the user's closest users with the recommended user or room.",
  "engagements",
] as const

function selectStrongest(candidates: DailyAsset, count: number) {
  return topK({
    from: sql`
      select user_id, rec_id, sum(weight)::integer as weight
      from ${candidates}
      group by user_id, rec_id`,
    by: "user_id",
    id: "rec_id",
    weight: "weight",
    count,
  })
}

export function userRecs(
  { recommendations }: StocktwitsSettings,
  candidates: DailyAsset,
  connections: ExistingConnections,
) {
  return sqlAsset({
    ...publishedOptions,
    name: "user_recs",
    description: `The ${recommendations} strongest recommendations of users to follow for each user. Ties are ordered by id.`,
    columns: columnsFromTable(userRecsTable, {
      user_id: "User who gets the recommendation.",
      rec_id: "User who is recommended.",
      weight: weightText,
    }),
    query: selectStrongest(candidates, recommendations),
    checks: [
      unique("user_id", "rec_id"),
      noRows("not_to_oneself", {
        description: "no user is recommended to themselves",
        query: sql`select user_id, rec_id from ${itself} where user_id = rec_id`,
      }),
      noRows("not_followed_already", {
        description: "no user is recommended to a user who follows them already",
        query: sql`
          select recs.user_id, recs.rec_id
          from ${itself} as recs
          join ${connections.follows} as follows
            on follows.user_id = recs.user_id and follows.following_user_id = recs.rec_id`,
      }),
    ],
    publish: publishTo(userRecsTable, publicationSet),
  })
}

export function roomRecs(
  { recommendations }: StocktwitsSettings,
  candidates: DailyAsset,
  connections: ExistingConnections,
) {
  return sqlAsset({
    ...publishedOptions,
    name: "room_recs",
    description: `The ${recommendations} strongest recommendations of rooms to join for each user. Ties are ordered by id.`,
    columns: columnsFromTable(roomRecsTable, {
      user_id: "User who gets the recommendation.",
      rec_id: "Room that is recommended.",
      weight: weightText,
    }),
    query: selectStrongest(candidates, recommendations),
    checks: [
      unique("user_id", "rec_id"),
      noRows("not_subscribed_already", {
        description: "no room is recommended to a user who is subscribed to it already",
        query: sql`
          select recs.user_id, recs.rec_id
          from ${itself} as recs
          join ${connections.subscriptions} as subscriptions
            on subscriptions.user_id = recs.user_id and subscriptions.room_id = recs.rec_id`,
      }),
    ],
    publish: publishTo(roomRecsTable, publicationSet),
  })
}
