import {
  decimal,
  expiringAsset,
  int32,
  int64,
  itself,
  noRows,
  publishTo,
  type Sql,
  sql,
  sqlAsset,
  unique,
} from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { type DailyAsset, dailyOptions, publicationSet, publishedOptions } from "./asset-options.ts"
import { nothingExpired } from "./expiry-check.ts"
import type { ReputationSettings } from "./settings.ts"
import { noSuspendedPeople, suspendedPeople } from "./suspended-people.ts"
import { recommendations as recommendationsTable, recReasons as recReasonsTable } from "./tables.ts"

/** Assets that the recommendations of a day are computed from. */
export interface RecommendationInputs {
  readonly closestPeople: DailyAsset
  readonly scores: DailyAsset
  readonly follows: DailyAsset
}

export function personCandidates({ closestPeople, follows }: RecommendationInputs) {
  return sqlAsset({
    ...dailyOptions,
    name: "person_candidates",
    description:
      "People closest to a person's closest people, one row per path, without the person and without people whom the person has ever followed.",
    columns: {
      user_id: int32("Person who may get the recommendation."),
      reason_id: int32("Close person through whom the candidate was found."),
      rec_id: int32("Candidate: a person close to the close person."),
      seconds: int64("Weight of the close person's connection with the candidate.", {
        unit: "seconds",
      }),
      weight: decimal(18, 8, "The same, as a number of engagements.", { unit: "engagements" }),
    },
    // DuckDB takes twice as long for NOT EXISTS beside another condition
    query: sql`
      select first.user_id, first.closest_connection as reason_id,
        second.closest_connection as rec_id, second.seconds, second.weight
      from ${closestPeople} as first
      join ${closestPeople} as second on second.user_id = first.closest_connection
      left join ${follows} as follows
        on follows.user_id = first.user_id and follows.followed_id = second.closest_connection
      where follows.user_id is null and second.closest_connection <> first.user_id`,
  })
}

export function recommendedPeople(
  settings: ReputationSettings,
  candidates: DailyAsset,
  { scores }: RecommendationInputs,
) {
  const { recommendations, order, minimumScore } = settings
  return sqlAsset({
    ...dailyOptions,
    name: "recommended_people",
    description: `People of good reputation who are recommended to each person, at most ${recommendations}. Ties are ordered by id. ${orderTexts[order]}`,
    columns: {
      user_id: int32("Person who gets the recommendation."),
      rec_id: int32("Person who is recommended."),
      seconds: int64("Strength: weights of the reasons in whole seconds.", { unit: "seconds" }),
    },
    query: selectStrongest(settings, {
      candidates: sql`
        select user_id, rec_id, sum(seconds)::bigint as seconds
        from ${candidates} group by user_id, rec_id`,
      reputable: sql`select user_id from ${scores} where score > ${minimumScore}`,
    }),
    checks: [unique("user_id", "rec_id")],
  })
}

const orderTexts: Readonly<Record<ReputationSettings["order"], string>> = {
  filterThenCut:
    "Reputation is filtered first: people of low reputation take no place of a recommendation.",
  cutThenFilter:
    "Reputation is filtered last, as in the original program: people of low reputation take places of recommendations.",
}

function selectStrongest(
  { order, recommendations }: ReputationSettings,
  {
    candidates,
    reputable,
  }: { readonly candidates: Sql<"daily">; readonly reputable: Sql<"daily"> },
): Sql<"daily"> {
  const isReputable = sql`rec_id in (${reputable})`
  const [filteredFirst, filteredLast] =
    order === "filterThenCut" ? [isReputable, sql`true`] : [sql`true`, isReputable]
  return sql`
    select user_id, rec_id, seconds
    from (
      select *, row_number() over (partition by user_id order by seconds desc, rec_id) as rank
      from (${candidates}) as candidates
      where ${filteredFirst}
    ) as ranked
    where rank <= ${recommendations} and ${filteredLast}`
}

export function recommendedPeopleReasons(recommended: DailyAsset, candidates: DailyAsset) {
  return sqlAsset({
    ...dailyOptions,
    name: "recommended_people_reasons",
    description: "Close people through whom each recommended person was found, one row per path.",
    columns: {
      user_id: int32("Person who gets the recommendation."),
      rec_id: int32("Person who is recommended."),
      reason_id: int32("Close person who engaged with the recommended person."),
      weight: decimal(18, 8, "Weight of their connection with the recommended person.", {
        unit: "engagements",
      }),
    },
    query: sql`
      select candidates.user_id, candidates.rec_id, candidates.reason_id, candidates.weight
      from ${candidates} as candidates
      join ${recommended} as recommended
        on recommended.user_id = candidates.user_id and recommended.rec_id = candidates.rec_id`,
    checks: [
      unique("user_id", "rec_id", "reason_id"),
      noRows("every_recommendation_has_a_reason", {
        description: "every recommendation of the day has a reason",
        query: sql`
          select user_id, rec_id from ${recommended}
          except select user_id, rec_id from ${itself}`,
      }),
    ],
  })
}

/** Builds the condition over an expiring row that the recommended person is neither suspended nor followed in the meantime. */
function isAllowed(follows: DailyAsset) {
  return sql`
    expiring.user_id not in (select user_id from ${suspendedPeople})
    and expiring.rec_id not in (select user_id from ${suspendedPeople})
    and not exists (
      select 1 from ${follows} as follows
      where follows.user_id = expiring.user_id and follows.followed_id = expiring.rec_id
    )`
}

function checkNotFollowed(follows: DailyAsset) {
  return noRows("not_followed_already", {
    description: "no recommended person is followed already",
    query: sql`
      select distinct recs.user_id, recs.rec_id
      from ${itself} as recs
      join ${follows} as follows
        on follows.user_id = recs.user_id and follows.followed_id = recs.rec_id`,
  })
}

export function recReasons(
  { expireAfterDays }: ReputationSettings,
  reasons: DailyAsset,
  follows: DailyAsset,
) {
  return expiringAsset({
    ...publishedOptions,
    name: "rec_reasons",
    description:
      "Close people through whom each recommended person was found, with the days on which each first appeared and last changed.",
    rows: reasons,
    key: ["user_id", "rec_id", "reason_id"],
    expireAfterDays,
    keepWhile: sql`${isAllowed(follows)}
      and expiring.reason_id not in (select user_id from ${suspendedPeople})`,
    columns: columnsFromTable(recReasonsTable, {
      user_id: "Person who gets the recommendation.",
      rec_id: "Person who is recommended.",
      reason_id: "Close person who engaged with the recommended person.",
      weight: ["Weight of their connection with the recommended person.", "engagements"],
    }),
    checks: [
      unique("user_id", "rec_id", "reason_id"),
      noSuspendedPeople("user_id", "rec_id", "reason_id"),
      checkNotFollowed(follows),
      nothingExpired(reasons, ["user_id", "rec_id", "reason_id"], expireAfterDays),
    ],
    publish: publishTo(recReasonsTable, publicationSet),
  })
}

export function recommendations(
  settings: ReputationSettings,
  recommended: DailyAsset,
  {
    publishedReasons,
    follows,
  }: { readonly publishedReasons: DailyAsset; readonly follows: DailyAsset },
) {
  return expiringAsset({
    ...publishedOptions,
    name: "recommendations",
    description: `People of good reputation who are recommended to each person, with the days on which each first appeared and last changed. ${orderTexts[settings.order]}`,
    rows: recommended,
    key: ["user_id", "rec_id"],
    expireAfterDays: settings.expireAfterDays,
    keepWhile: sql`${isAllowed(follows)}
      and exists (
        select 1 from ${publishedReasons} as reasons
        where reasons.user_id = expiring.user_id and reasons.rec_id = expiring.rec_id
      )`,
    columns: columnsFromTable(recommendationsTable, {
      user_id: "Person who gets the recommendation.",
      rec_id: "Person who is recommended.",
    }),
    checks: [
      unique("user_id", "rec_id"),
      noSuspendedPeople("user_id", "rec_id"),
      checkNotFollowed(follows),
      nothingExpired(recommended, ["user_id", "rec_id"], settings.expireAfterDays),
      noRows("not_to_oneself", {
        description: "no person is recommended to themselves",
        query: sql`select user_id, rec_id from ${itself} where user_id = rec_id`,
      }),
      noRows("every_recommendation_has_a_reason", {
        description: "every recommendation has a reason, and every reason a recommendation",
        query: sql`
          (select user_id, rec_id from ${itself}
            except select user_id, rec_id from ${publishedReasons})
          union all
          (select user_id, rec_id from ${publishedReasons}
            except select user_id, rec_id from ${itself})`,
      }),
    ],
    publish: publishTo(recommendationsTable, publicationSet),
  })
}
