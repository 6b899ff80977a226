import {
  decimal,
  expiringAsset,
  int32,
  int64,
  itself,
  list,
  noRows,
  partitionEnd,
  publishTo,
  sql,
  sqlAsset,
  sqlAssets,
  unique,
} from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { type DailyAsset, dailyOptions, publicationSet, publishedOptions } from "./asset-options.ts"
import { nothingExpired } from "./expiry-check.ts"
import type { ReputationSettings } from "./settings.ts"
import { followSnapshots, likeSnapshots, mentionSnapshots, replySnapshots } from "./sources.ts"
import { noSuspendedPeople, suspendedPeople } from "./suspended-people.ts"
import { closestConnections as closestConnectionsTable } from "./tables.ts"
import { toSeconds, toWeight } from "./weight.ts"

/** Declares the engagements of a day and the pairs of all follows: one computation, which reads the files once. */
export function engagementAssets({ decayDays }: ReputationSettings) {
  const decaySeconds = toSeconds(decayDays)
  return sqlAssets({
    ...dailyOptions,
    name: "engagements",
    outputs: {
      decayed_engagements: {
        description: `Follows, replies, mentions and likes of each pair of people. An engagement weighs 1 at the end of the day and loses weight evenly until it is ${decayDays} days old. Suspended people have none.`,
        columns: {
          user_id: int32("Person who engaged."),
          engaged_with_id: int32("Person with whom they engaged."),
          events: int32("Engagements that weigh anything.", { unit: "engagements" }),
          seconds: int64(`Their weight in whole seconds: ${decaySeconds} for 1.`, {
            unit: "seconds",
          }),
        },
        query: sql`
          select user_id, engaged_with_id, count(*)::integer as events, sum(seconds)::bigint as seconds
          from (
            select user_id, engaged_with_id,
              ${decaySeconds} - date_diff('second', occurred_at::timestamp, timezone('UTC', ${partitionEnd})) as seconds
            from (
              from ${followSnapshots} union all from ${replySnapshots}
              union all from ${mentionSnapshots} union all from ${likeSnapshots}
            ) as engagements
          ) as weighted
          where seconds > 0
            and user_id not in (select user_id from ${suspendedPeople})
            and engaged_with_id not in (select user_id from ${suspendedPeople})
          group by user_id, engaged_with_id`,
        checks: [
          unique("user_id", "engaged_with_id"),
          noRows("weight_is_bounded", {
            description: "a weight is above 0 and at most the number of engagements",
            query: sql`
              select user_id, engaged_with_id, events, seconds from ${itself}
              where seconds <= 0 or seconds > ${decaySeconds}::bigint * events`,
          }),
        ],
      },
      followed_people: {
        description: "People whom each person has ever followed, up to the day.",
        columns: {
          user_id: int32("Person who follows."),
          followed_id: int32("Person who is followed."),
        },
        query: sql`
          select distinct user_id, engaged_with_id as followed_id from ${followSnapshots}`,
        checks: [unique("user_id", "followed_id")],
      },
    },
  })
}

export function closestPeople({ closest, decayDays }: ReputationSettings, engagements: DailyAsset) {
  return sqlAsset({
    ...dailyOptions,
    name: "closest_people",
    description: `The ${closest} people with whom each person engaged most, weighted by time, one row per pair. Ties are ordered by id.`,
    columns: {
      user_id: int32("Person who engaged."),
      closest_connection: int32("Close person."),
      rank: int32("1 for the closest."),
      seconds: int64("Weight in whole seconds, which decides the rank.", { unit: "seconds" }),
      weight: decimal(18, 8, "Number of engagements, weighted by time.", { unit: "engagements" }),
    },
    query: sql`
      select user_id, engaged_with_id as closest_connection, rank::integer as rank, seconds,
        ${toWeight("seconds", decayDays)} as weight
      from (
        select user_id, engaged_with_id, seconds, row_number() over (
          partition by user_id order by seconds desc, engaged_with_id
        ) as rank
        from ${engagements}
      ) as ranked
      where rank <= ${closest}`,
    checks: [unique("user_id", "closest_connection")],
  })
}

export function closestPeopleLists(closestPeople: DailyAsset) {
  return sqlAsset({
    ...dailyOptions,
    name: "closest_people_lists",
    description: "The closest people of each person as lists, the closest first.",
    columns: {
      user_id: int32("Person who engaged."),
      closest_connections: list(int32(), "Close people, the closest first."),
      weights: list(decimal(18, 8), "Their weights, in the same order."),
    },
    query: sql`
      select user_id, list(closest_connection order by rank) as closest_connections,
        list(weight order by rank) as weights
      from ${closestPeople}
      group by user_id`,
    checks: [unique("user_id")],
  })
}

export function closestConnections(
  { closest, expireAfterDays }: ReputationSettings,
  closestPeople: DailyAsset,
) {
  return expiringAsset({
    ...publishedOptions,
    name: "closest_connections",
    description: `The ${closest} closest people of each person, with the days on which each first appeared and last changed.`,
    rows: closestPeople,
    key: ["user_id", "closest_connection"],
    expireAfterDays,
    keepWhile: sql`expiring.user_id not in (select user_id from ${suspendedPeople})
      and expiring.closest_connection not in (select user_id from ${suspendedPeople})`,
    columns: columnsFromTable(closestConnectionsTable, {
      user_id: "Person who engaged.",
      closest_connection: "Close person.",
      weight: ["Number of engagements, weighted by time.", "engagements"],
    }),
    checks: [
      unique("user_id", "closest_connection"),
      noSuspendedPeople("user_id", "closest_connection"),
      nothingExpired(closestPeople, ["user_id", "closest_connection"], expireAfterDays),
    ],
    publish: publishTo(closestConnectionsTable, publicationSet),
  })
}
