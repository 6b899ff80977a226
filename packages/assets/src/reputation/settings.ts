/** Settings of connections, reputation and recommendations. Each value is part of the code version of the assets that use it. */
export interface ReputationSettings {
  /** Days after which an engagement has no weight; an engagement at the end of the day has weight 1. */
  readonly decayDays: number
  /** Number of closest connections of each person. */
  readonly closest: number
  /** Number of people recommended to each person. */
  readonly recommendations: number
  /**
   * Order of the last two steps: `filterThenCut` drops people of low reputation and then takes the strongest
   * recommendations, so that each person gets as many as there are; `cutThenFilter` is the order of the original
   * program, which drops them from the strongest ones and leaves fewer.
   */
  readonly order: "filterThenCut" | "cutThenFilter"
  /** The share of good weeks that a recommended person exceeds. */
  readonly minimumScore: number
  /** Days whose messages decide reputation, and train the model. */
  readonly messageDays: number
  /** Largest number of weekly documents that train and score the model. */
  readonly trainingDocuments: number
  /** Seed of the choice of documents to train with and to hold out. */
  readonly seed: number
  /** Days after which a published row expires that is no longer produced; 0 removes it at once. */
  readonly expireAfterDays: number
}

export const defaultReputationSettings: ReputationSettings = {
  decayDays: 90,
  closest: 50,
  recommendations: 20,
  order: "filterThenCut",
  minimumScore: 0.75,
  messageDays: 364,
  trainingDocuments: 20_000,
  seed: 1,
  expireAfterDays: 1,
}
