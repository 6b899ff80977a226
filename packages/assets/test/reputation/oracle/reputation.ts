import { createHash } from "node:crypto"

import { computeProbability, type OracleModel, trainModel } from "./classifier.ts"
import { joinWeeks, type LandedMessage } from "./weekly-documents.ts"

export interface ReputationOracleSettings {
  readonly messageDays: number
  readonly trainingDocuments: number
  readonly seed: number
}

/** A weekly document with its place in the choice of documents. */
interface WeeklyDocument {
  readonly user: number
  readonly week: string
  readonly text: string
  readonly isGood: boolean
}

/** A document that a model scored. */
export interface ScoredDocument extends WeeklyDocument {
  readonly probability: number
}

/** The documents and the model of a day. */
export interface DayOfReputation {
  readonly documents: readonly WeeklyDocument[]
  /** Undefined while no day had messages with both labels. */
  readonly model: OracleModel | undefined
  /** True if the day trained the model; false if it is that of a day before. */
  readonly isTrained: boolean
  /** All documents; none while there is no model. */
  readonly scored: readonly ScoredDocument[]
  /** Those that score the model. */
  readonly heldOut: readonly ScoredDocument[]
}

/** Computes each day's model and scores from the messages of the day and of those before. */
export function createReputationOracle(settings: ReputationOracleSettings) {
  const days: (readonly LandedMessage[])[] = []
  let model: OracleModel | undefined
  return (messages: readonly LandedMessage[]): DayOfReputation => {
    days.push(messages)
    const weeks = joinWeeks(days.slice(-settings.messageDays).flat())
    const documents = [...weeks].map(([key, week]): WeeklyDocument => {
      const [user = "", monday = ""] = key.split(" ")
      return { user: Number(user), week: monday, ...week }
    })
    const chosen = chooseDocuments(documents, settings)
    const isHeldOut = ({ user }: WeeklyDocument) =>
      Number.parseInt(hash(`${settings.seed} ${user}`).slice(0, 8), 16) % 5 === 0
    const trained =
      messages.length === 0
        ? undefined
        : trainModel(chosen.filter((document) => !isHeldOut(document)))
    model = trained ?? model
    const score = (document: WeeklyDocument): ScoredDocument => ({
      ...document,
      probability: model === undefined ? 0 : computeProbability(model, document.text),
    })
    return {
      documents,
      model,
      isTrained: trained !== undefined,
      scored: model === undefined ? [] : documents.map(score),
      heldOut: model === undefined ? [] : chosen.filter(isHeldOut).map(score),
    }
  }
}

/** Chooses the documents with the smallest hashes. */
function chooseDocuments(
  documents: readonly WeeklyDocument[],
  { seed, trainingDocuments }: ReputationOracleSettings,
): readonly WeeklyDocument[] {
  const hashed = documents.map((document) => ({
    document,
    key: hash(`${seed} ${document.user} ${document.week}`),
  }))
  return hashed
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .slice(0, trainingDocuments)
    .map(({ document }) => document)
}

function hash(text: string): string {
  return createHash("md5").update(text).digest("hex")
}
