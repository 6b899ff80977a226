import type { AnyAsset } from "@freshet/core"

import {
  closestConnections,
  closestPeople,
  closestPeopleLists,
  decayedEngagements,
} from "./connections.ts"
import { defaultReputationSettings, type ReputationSettings } from "./settings.ts"
import {
  followSnapshots,
  likeSnapshots,
  mentionSnapshots,
  messageFiles,
  personSnapshots,
  replySnapshots,
} from "./sources.ts"
import { suspendedPeople } from "./suspended-people.ts"

/** Assets that find the closest connections of people, compute their reputation, and recommend reputable people to follow. */
export function reputation(settings: Partial<ReputationSettings> = {}): readonly AnyAsset[] {
  const fullSettings = { ...defaultReputationSettings, ...settings }
  const engagements = decayedEngagements(fullSettings)
  const closest = closestPeople(fullSettings, engagements)
  return [
    followSnapshots,
    replySnapshots,
    mentionSnapshots,
    likeSnapshots,
    personSnapshots,
    messageFiles,
    suspendedPeople,
    engagements,
    closest,
    closestPeopleLists(closest),
    closestConnections(fullSettings, closest),
  ]
}
