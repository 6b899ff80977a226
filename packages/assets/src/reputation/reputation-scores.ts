import {
  bool,
  codeAsset,
  date,
  decimal,
  float64,
  int32,
  noRows,
  itself,
  sql,
  sqlAsset,
  unique,
} from "@freshet/core"

import { type DailyAsset, dailyOptions } from "./asset-options.ts"
import type { weeklyDocuments } from "./messages.ts"
import type { reputationModel } from "./reputation-model.ts"
import { isClassifiedGood } from "./text/hold-out-scores.ts"
import { createTextScorer, type TextClassifier } from "./text/text-classifier.ts"

/** Assets that weeks are scored from. */
interface WeekInputs {
  readonly documents: ReturnType<typeof weeklyDocuments>
  readonly model: ReturnType<typeof reputationModel>
}

export function scoredWeeks({ documents, model }: WeekInputs) {
  return codeAsset({
    ...dailyOptions,
    name: "scored_weeks",
    description:
      "Probability that each weekly document is good, according to the model of the day. There are none while there is no model.",
    columns: {
      user_id: int32("Author of the messages."),
      week: date("Monday of the ISO week."),
      probability: float64("Probability that the document is good."),
      is_good: bool("True if the probability is at least a half."),
    },
    version: "1",
    upstream: { documents, model },
    async *compute({ documents: documentRows, model: modelRows }) {
      const classifier = await readClassifier(modelRows)
      if (classifier === undefined) return
      const score = createTextScorer(classifier)
      for await (const { user_id, week, text } of documentRows) {
        const probability = score(text)
        yield { user_id, week, probability, is_good: isClassifiedGood(probability) }
      }
    },
    checks: [
      unique("user_id", "week"),
      noRows("probability_is_one", {
        description: "a probability is between 0 and 1",
        query: sql`
          select user_id, week, probability from ${itself}
          where not probability between 0 and 1`,
      }),
    ],
  })
}

interface ModelRow {
  readonly part: string
  readonly name: string
  readonly idf: number | null
  readonly weight: number | null
}

/** Reads the classifier from the rows of a model; undefined if there are none. */
async function readClassifier(rows: AsyncIterable<ModelRow>): Promise<TextClassifier | undefined> {
  const terms: { readonly term: string; readonly idf: number; readonly weight: number }[] = []
  let intercept: number | undefined
  for await (const { part, name, idf, weight } of rows) {
    if (part === "intercept") intercept = weight ?? 0
    else if (part === "term") terms.push({ term: name, idf: idf ?? 0, weight: weight ?? 0 })
  }
  if (intercept === undefined) return undefined
  return {
    vocabulary: terms,
    weights: Float64Array.from(terms, ({ weight }) => weight),
    intercept,
  }
}

export function reputationScores(weeks: DailyAsset) {
  return sqlAsset({
    ...dailyOptions,
    name: "reputation_scores",
    description:
      "Reputation of each person who wrote messages: the share of their weeks that are good.",
    columns: {
      user_id: int32("Author of the messages."),
      weeks: int32("Weeks with messages.", { unit: "weeks" }),
      good_weeks: int32("Those with a good document.", { unit: "weeks" }),
      score: decimal(9, 8, "Share of good weeks, 0 to 1."),
    },
    query: sql`
      select user_id, count(*)::integer as weeks,
        (count(*) filter (where is_good))::integer as good_weeks,
        ((count(*) filter (where is_good))::decimal(18, 8) / count(*))::decimal(9, 8) as score
      from ${weeks}
      group by user_id`,
    checks: [unique("user_id")],
  })
}
