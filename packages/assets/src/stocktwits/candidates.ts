import { int32, itself, noRows, sql, sqlAsset } from "@freshet/core"

import { type DailyAsset, windowOptions } from "./asset-options.ts"
import type { ExistingConnections } from "./connections.ts"
import type { StocktwitsSettings } from "./settings.ts"

/** The closest connections of a user's closest users, each with the user it was reached through. */
function joinSecondDegree(closestUsers: DailyAsset, closest: DailyAsset) {
  return sql`
    select first.user_id, first.engaged_with_id as reason_id,
      second.engaged_with_id as rec_id, second.weight
    from ${closestUsers} as first
    join ${closest} as second on second.user_id = first.engaged_with_id`
}

function checkCandidateCount(closest: number, closestUsers: DailyAsset) {
  return noRows("second_degree_is_bounded", {
    description: `at most ${closest}² rows for each user`,
    query: sql`
      select found.rows, actors.users
      from (select count(*) as rows from ${itself}) as found,
        (select count(distinct user_id) as users from ${closestUsers}) as actors
      where found.rows > actors.users * ${closest * closest}`,
  })
}

export function userCandidates({ closest }: StocktwitsSettings, closestUsers: DailyAsset) {
  return sqlAsset({
    ...windowOptions,
    name: "user_candidates",
    description:
      "Whom a user's closest users are closest to, one row for each way to get there; the user and those they follow are still among them.",
    columns: {
      user_id: int32("The user."),
      reason_id: int32("A user close to them, through whom the candidate was reached."),
      rec_id: int32("The candidate: a user close to that one."),
      weight: int32("How often the one in between engaged with the candidate.", {
        unit: "engagements",
      }),
    },
    query: joinSecondDegree(closestUsers, closestUsers),
    checks: [checkCandidateCount(closest, closestUsers)],
  })
}

export function roomCandidates(
  { closest }: StocktwitsSettings,
  closestUsers: DailyAsset,
  closestRooms: DailyAsset,
) {
  return sqlAsset({
    ...windowOptions,
    name: "room_candidates",
    description:
      "Which rooms a user's closest users are closest to, one row for each way to get there; rooms the user is subscribed to are still among them.",
    columns: {
      user_id: int32("The user."),
      reason_id: int32("A user close to them, through whom the room was reached."),
      rec_id: int32("The candidate: a room close to that user."),
      weight: int32("How often the one in between engaged with the room.", {
        unit: "engagements",
      }),
    },
    query: joinSecondDegree(closestUsers, closestRooms),
    checks: [checkCandidateCount(closest, closestUsers)],
  })
}

export function validUserCandidates(userCandidates: DailyAsset, connections: ExistingConnections) {
  return sqlAsset({
    ...windowOptions,
    name: "valid_user_candidates",
    description: "The user candidates without oneself and without those one follows already.",
    columns: {
      user_id: int32("The user."),
      reason_id: int32("A user close to them, through whom the candidate was reached."),
      rec_id: int32("The candidate."),
      weight: int32("How often the one in between engaged with the candidate.", {
        unit: "engagements",
      }),
    },
    // DuckDB takes twice as long for NOT EXISTS beside another condition
    query: sql`
      select candidates.user_id, candidates.reason_id, candidates.rec_id, candidates.weight
      from ${userCandidates} as candidates
      left join ${connections.follows} as follows
        on follows.user_id = candidates.user_id and follows.following_user_id = candidates.rec_id
      where follows.user_id is null and candidates.rec_id <> candidates.user_id`,
  })
}

export function validRoomCandidates(roomCandidates: DailyAsset, connections: ExistingConnections) {
  return sqlAsset({
    ...windowOptions,
    name: "valid_room_candidates",
    description: "The room candidates without the rooms one is subscribed to already.",
    columns: {
      user_id: int32("The user."),
      reason_id: int32("A user close to them, through whom the room was reached."),
      rec_id: int32("The candidate: a room."),
      weight: int32("How often the one in between engaged with the room.", {
        unit: "engagements",
      }),
    },
    query: sql`
      select candidates.user_id, candidates.reason_id, candidates.rec_id, candidates.weight
      from ${roomCandidates} as candidates
      left join ${connections.subscriptions} as subscriptions
        on subscriptions.user_id = candidates.user_id and subscriptions.room_id = candidates.rec_id
      where subscriptions.user_id is null`,
  })
}
