import { int32, itself, noRows, sql, sqlAsset } from "@freshet/core"

import { type DailyAsset, windowOptions } from "./asset-options.ts"
import type { ExistingConnections } from "./connections.ts"
import type { StocktwitsSettings } from "./settings.ts"

/** Joins a user's closest users with their closest connections: one row per path. */
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
      "Users closest to a user's closest users, one row per path. Includes the user and users whom the user follows already.",
    columns: {
      user_id: int32("User who may get the recommendation."),
      reason_id: int32("Close user through whom the candidate was found."),
      rec_id: int32("Candidate: a user close to the close user."),
      weight: int32("Engagements of the close user with the candidate.", {
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
      "Rooms closest to a user's closest users, one row per path. Includes rooms to which the user is subscribed already.",
    columns: {
      user_id: int32("User who may get the recommendation."),
      reason_id: int32("Close user through whom the room was found."),
      rec_id: int32("Candidate: a room close to the close user."),
      weight: int32("Engagements of the close user with the room.", {
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
    description:
      "User candidates without the user and without users whom the user follows already.",
    columns: {
      user_id: int32("User who may get the recommendation."),
      reason_id: int32("Close user through whom the candidate was found."),
      rec_id: int32("Candidate: a user."),
      weight: int32("Engagements of the close user with the candidate.", {
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
    description: "Room candidates without rooms to which the user is subscribed already.",
    columns: {
      user_id: int32("User who may get the recommendation."),
      reason_id: int32("Close user through whom the room was found."),
      rec_id: int32("Candidate: a room."),
      weight: int32("Engagements of the close user with the room.", {
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
