/** Datasets that both sides write, in the order of the script; a model scores `scored_weeks` in between. */
export const reputationDatasets: readonly string[] = [
  "suspended_people",
  "followed_people",
  "decayed_engagements",
  "closest_people",
  "closest_people_lists",
  "closest_connections",
  "clean_messages",
  "weekly_documents",
  "training_documents",
  "person_candidates",
  "reputation_scores",
  "recommended_people",
  "recommended_people_reasons",
  "rec_reasons",
  "recommendations",
]

/** Assets whose upstreams need no model. */
export const beforeModel: readonly string[] = [
  "closest_people_lists",
  "closest_connections",
  "training_documents",
  "person_candidates",
]

/** Assets of the model: code in JavaScript, which the script has no part in. */
export const modelAssets: readonly string[] = ["reputation_model", "scored_weeks"]

/** Assets that read the scores. */
export const afterModel: readonly string[] = ["recommendations"]
