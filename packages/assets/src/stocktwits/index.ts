import type { AnyAsset } from "@freshet/core"

import { follows, likes, messages, subscribes } from "./activities.ts"
import type { DailyAsset } from "./asset-options.ts"
import {
  roomCandidates,
  userCandidates,
  validRoomCandidates,
  validUserCandidates,
} from "./candidates.ts"
import {
  closestRooms,
  closestUsers,
  selectExistingConnections,
  followsToDate,
  subscriptionsToDate,
} from "./connections.ts"
import { roomEngagements, userEngagements, userMentions } from "./engagements.ts"
import { likedMessages } from "./likes.ts"
import { rooms, users } from "./metadata.ts"
import { roomRecReasons, userRecReasons } from "./reasons.ts"
import { roomRecs, userRecs } from "./recommendations.ts"
import { defaultStocktwitsSettings, type StocktwitsSettings } from "./settings.ts"
import { activityLog, roomSnapshots, userSnapshots } from "./sources.ts"

/** Assets that recommend users to follow and rooms to join, from the engagements of the last days. */
export function stocktwits(settings: Partial<StocktwitsSettings> = {}): readonly AnyAsset[] {
  const fullSettings = { ...defaultStocktwitsSettings, ...settings }
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
    ...declareRecommendations(fullSettings),
    users,
    rooms,
  ]
}

function declareRecommendations(settings: StocktwitsSettings): readonly AnyAsset[] {
  const likedOutputs = likedMessages(settings)
  const engagementsWithUsers = userEngagements(settings, likedOutputs.liked_users)
  const engagementsWithRooms = roomEngagements(settings, likedOutputs.liked_rooms)
  const closest = {
    closestUsers: closestUsers(settings, engagementsWithUsers),
    closestRooms: closestRooms(settings, engagementsWithRooms),
  }
  return [
    ...Object.values(likedOutputs),
    engagementsWithUsers,
    engagementsWithRooms,
    ...Object.values(closest),
    ...declareUserRecommendations(settings, closest),
    ...declareRoomRecommendations(settings, closest),
  ]
}

interface ClosestAssets {
  readonly closestUsers: DailyAsset
  readonly closestRooms: DailyAsset
}

function declareUserRecommendations(settings: StocktwitsSettings, { closestUsers }: ClosestAssets) {
  const connections = selectExistingConnections(settings)
  const allCandidates = userCandidates(settings, closestUsers)
  const candidates = validUserCandidates(allCandidates, connections)
  const recs = userRecs(settings, candidates, connections)
  return [allCandidates, candidates, recs, userRecReasons({ recs, candidates, closestUsers })]
}

function declareRoomRecommendations(
  settings: StocktwitsSettings,
  { closestUsers, closestRooms }: ClosestAssets,
) {
  const connections = selectExistingConnections(settings)
  const allCandidates = roomCandidates(settings, closestUsers, closestRooms)
  const candidates = validRoomCandidates(allCandidates, connections)
  const recs = roomRecs(settings, candidates, connections)
  return [allCandidates, candidates, recs, roomRecReasons({ recs, candidates, closestRooms })]
}
