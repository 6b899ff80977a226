import type { AnyAsset } from "@freshet/core"

import { follows, likes, messages, subscribes } from "./activities.ts"
import {
  roomCandidates,
  userCandidates,
  validRoomCandidates,
  validUserCandidates,
} from "./candidates.ts"
import {
  closestRooms,
  closestUsers,
  connectedOf,
  followsToDate,
  subscriptionsToDate,
} from "./connections.ts"
import { roomEngagements, userEngagements, userMentions } from "./engagements.ts"
import type { DailyAsset } from "./group.ts"
import { likedMessages } from "./likes.ts"
import { rooms, users } from "./metadata.ts"
import { roomRecReasons, userRecReasons } from "./reasons.ts"
import { roomRecs, userRecs } from "./recommendations.ts"
import { stocktwitsDefaults, type StocktwitsSettings } from "./settings.ts"
import { activityLog, roomSnapshots, userSnapshots } from "./sources.ts"

/** Whom to follow and which rooms to join, from who engaged with whom in the last days. */
export function stocktwits(settings: Partial<StocktwitsSettings> = {}): readonly AnyAsset[] {
  const chosen = { ...stocktwitsDefaults, ...settings }
  return [
    activityLog,
    userSnapshots,
    roomSnapshots,
    follows,
    subscribes,
    messages,
    likes,
    userMentions,
    followsToDate,
    subscriptionsToDate,
    ...recommended(chosen),
    users,
    rooms,
  ]
}

function recommended(settings: StocktwitsSettings): readonly AnyAsset[] {
  const liked = likedMessages(settings)
  const engagedUsers = userEngagements(settings, liked.liked_users)
  const engagedRooms = roomEngagements(settings, liked.liked_rooms)
  const closest = {
    closestUsers: closestUsers(settings, engagedUsers),
    closestRooms: closestRooms(settings, engagedRooms),
  }
  return [
    ...Object.values(liked),
    engagedUsers,
    engagedRooms,
    ...Object.values(closest),
    ...recommendedUsers(settings, closest),
    ...recommendedRooms(settings, closest),
  ]
}

interface Closest {
  readonly closestUsers: DailyAsset
  readonly closestRooms: DailyAsset
}

function recommendedUsers(settings: StocktwitsSettings, { closestUsers }: Closest) {
  const connected = connectedOf(settings)
  const found = userCandidates(settings, closestUsers)
  const candidates = validUserCandidates(found, connected)
  const recs = userRecs(settings, candidates, connected)
  return [found, candidates, recs, userRecReasons({ recs, candidates, closestUsers })]
}

function recommendedRooms(settings: StocktwitsSettings, { closestUsers, closestRooms }: Closest) {
  const connected = connectedOf(settings)
  const found = roomCandidates(settings, closestUsers, closestRooms)
  const candidates = validRoomCandidates(found, connected)
  const recs = roomRecs(settings, candidates, connected)
  return [found, candidates, recs, roomRecReasons({ recs, candidates, closestRooms })]
}
