import { balanced, itself, publishTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { type DailyAsset, publicationSet, publishedOptions } from "./asset-options.ts"
import {
  roomRecReasons as roomRecReasonsTable,
  userRecReasons as userRecReasonsTable,
} from "./tables.ts"

function selectReasons(recs: DailyAsset, candidates: DailyAsset) {
  return sql`
    select candidates.user_id, candidates.rec_id, candidates.reason_id
    from ${candidates} as candidates
    join ${recs} as recs
      on recs.user_id = candidates.user_id and recs.rec_id = candidates.rec_id`
}

/** Checks that reasons add up: each weighs as much as its user's connection with the recommended user or room. */
function checkWeightSums(recs: DailyAsset, closest: DailyAsset) {
  return balanced("reasons_add_up", {
    description:
      "every recommendation has reasons, every reason has a recommendation, and the weights of the reasons add up to that of the recommendation",
    rows: sql`
      select user_id, rec_id, weight from ${recs}
      union all
      select reasons.user_id, reasons.rec_id, -closest.weight
      from ${itself} as reasons
      left join ${closest} as closest
        on closest.user_id = reasons.reason_id and closest.engaged_with_id = reasons.rec_id`,
    by: ["user_id", "rec_id"],
    amount: "weight",
  })
}

export function userRecReasons(inputs: {
  readonly recs: DailyAsset
  readonly candidates: DailyAsset
  readonly closestUsers: DailyAsset
}) {
  return sqlAsset({
    ...publishedOptions,
    name: "user_rec_reasons",
    description: "Users through whom each recommended user was found, one row per path.",
    columns: columnsFromTable(userRecReasonsTable, {
      user_id: "User who gets the recommendation.",
      rec_id: "User who is recommended.",
      reason_id: "Close user who engaged with the recommended user.",
    }),
    query: selectReasons(inputs.recs, inputs.candidates),
    checks: [
      unique("user_id", "rec_id", "reason_id"),
      checkWeightSums(inputs.recs, inputs.closestUsers),
    ],
    publish: publishTo(userRecReasonsTable, publicationSet),
  })
}

export function roomRecReasons(inputs: {
  readonly recs: DailyAsset
  readonly candidates: DailyAsset
  readonly closestRooms: DailyAsset
}) {
  return sqlAsset({
    ...publishedOptions,
    name: "room_rec_reasons",
    description: "Users through whom each recommended room was found, one row per path.",
    columns: columnsFromTable(roomRecReasonsTable, {
      user_id: "User who gets the recommendation.",
      rec_id: "Room that is recommended.",
      reason_id: "Close user who engaged with the recommended room.",
    }),
    query: selectReasons(inputs.recs, inputs.candidates),
    checks: [
      unique("user_id", "rec_id", "reason_id"),
      checkWeightSums(inputs.recs, inputs.closestRooms),
    ],
    publish: publishTo(roomRecReasonsTable, publicationSet),
  })
}
