import type { AnyAsset } from "@freshet/core"

import {
  closestConnections,
  closestPeople,
  closestPeopleLists,
  engagementAssets,
} from "./connections.ts"
import { cleanMessages, trainingDocuments, weeklyDocuments } from "./messages.ts"
import {
  personCandidates,
  type RecommendationInputs,
  recommendations,
  recommendedPeople,
  recommendedPeopleReasons,
  recReasons,
} from "./recommendations.ts"
import { reputationModel } from "./reputation-model.ts"
import { reputationScores, scoredWeeks } from "./reputation-scores.ts"
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
  const { decayed_engagements: engagements, followed_people: follows } =
    engagementAssets(fullSettings)
  const closest = closestPeople(fullSettings, engagements)
  const scoreAssets = declareScores(fullSettings)
  return [
    followSnapshots,
    replySnapshots,
    mentionSnapshots,
    likeSnapshots,
    personSnapshots,
    messageFiles,
    suspendedPeople,
    engagements,
    follows,
    closest,
    closestPeopleLists(closest),
    closestConnections(fullSettings, closest),
    ...scoreAssets.all,
    ...declareRecommendations(fullSettings, {
      closestPeople: closest,
      scores: scoreAssets.scores,
      follows,
    }),
  ]
}

function declareScores(settings: ReputationSettings) {
  const documents = weeklyDocuments(settings)
  const training = trainingDocuments(settings, documents)
  const model = reputationModel({ messages: cleanMessages, documents: training })
  const weeks = scoredWeeks({ documents, model })
  const scores = reputationScores(weeks)
  return { scores, all: [cleanMessages, documents, training, model, weeks, scores] }
}

function declareRecommendations(
  settings: ReputationSettings,
  inputs: RecommendationInputs,
): readonly AnyAsset[] {
  const candidates = personCandidates(inputs)
  const recommended = recommendedPeople(settings, candidates, inputs)
  const reasons = recommendedPeopleReasons(recommended, candidates)
  const publishedReasons = recReasons(settings, reasons, inputs.follows)
  return [
    candidates,
    recommended,
    reasons,
    publishedReasons,
    recommendations(settings, recommended, { publishedReasons, follows: inputs.follows }),
  ]
}
