import { codeAsset, float64, int32, nullable, previous, type RowOf, text } from "@freshet/core"

import { dailyOptions } from "./asset-options.ts"
import type { cleanMessages, trainingDocuments } from "./messages.ts"
import {
  buildReliabilityTable,
  computeAccuracy,
  computeMacroF1,
  type ScoredText,
} from "./text/hold-out-scores.ts"
import {
  createTextScorer,
  type LabelledText,
  type TextClassifier,
  trainTextClassifier,
} from "./text/text-classifier.ts"

const columns = {
  part: text("Part of the model: term, intercept, hold_out or reliability."),
  name: text("The term, the name of the score, or the range of probabilities."),
  idf: nullable(float64("Term: its inverse document frequency.")),
  weight: nullable(float64("Term or intercept: its weight in the log odds of a good document.")),
  probability: nullable(float64("Reliability: the mean probability of the documents.")),
  value: nullable(float64("Hold-out: the score. Reliability: the share of good documents.")),
  documents: nullable(int32("Hold-out and reliability: the number of documents.")),
}

type ModelRow = RowOf<typeof columns>

/** Inputs that the model is trained from. */
interface ModelInputs {
  readonly messages: typeof cleanMessages
  readonly documents: ReturnType<typeof trainingDocuments>
}

export function reputationModel({ messages, documents }: ModelInputs) {
  return codeAsset({
    ...dailyOptions,
    name: "reputation_model",
    description:
      "Classifier of weekly documents, trained each day: the terms with their weights in a logistic regression over TF-IDF, its scores on the documents that were held out, and its reliability. A day without messages keeps the model of the day before.",
    columns,
    version: "1",
    memoryMb: 2048,
    upstream: { messages, documents, earlier: previous() },
    async *compute({ messages: messageRows, documents: documentRows, earlier }, { partition }) {
      const model = (await hasRows(messageRows)) ? await trainModel(documentRows) : "no messages"
      if (typeof model === "string") {
        // oxlint-disable-next-line no-console -- the log of the step
        console.log(
          `${partition}: ${model}, so nothing is trained; the model of the day before stays.`,
        )
        yield* earlier as AsyncIterable<ModelRow> // the asset's own rows
      } else yield* model
    },
  })
}

async function hasRows(rows: AsyncIterable<unknown>): Promise<boolean> {
  for await (const _ of rows) return true
  return false
}

interface TrainingDocument extends LabelledText {
  readonly isHeldOut: boolean
  readonly order: string
}

/** Trains the model; the reason if the documents cannot train one. */
async function trainModel(
  rows: AsyncIterable<RowOf<ModelInputs["documents"]["columns"]>>,
): Promise<readonly ModelRow[] | string> {
  const documents: TrainingDocument[] = []
  for await (const row of rows)
    documents.push({
      text: row.text,
      isGood: row.is_good,
      isHeldOut: row.is_held_out,
      order: `${row.week.getTime()} ${row.user_id}`,
    })
  documents.sort((one, other) => (one.order < other.order ? -1 : 1))
  const classifier = trainTextClassifier(documents.filter(({ isHeldOut }) => !isHeldOut))
  if (classifier === undefined) return "all documents have the same label"
  const score = createTextScorer(classifier)
  const heldOut = documents
    .filter(({ isHeldOut }) => isHeldOut)
    .map(({ text, isGood }) => ({ probability: score(text), isGood }))
  return [...listWeights(classifier), ...listHoldOutScores(heldOut)]
}

const emptyRow = { idf: null, weight: null, probability: null, value: null, documents: null }

function listWeights({ vocabulary, weights, intercept }: TextClassifier): readonly ModelRow[] {
  const terms = vocabulary.map(({ term, idf }, at) => ({
    ...emptyRow,
    part: "term",
    name: term,
    idf,
    weight: weights[at] ?? 0,
  }))
  return [...terms, { ...emptyRow, part: "intercept", name: "intercept", weight: intercept }]
}

function listHoldOutScores(heldOut: readonly ScoredText[]): readonly ModelRow[] {
  if (heldOut.length === 0) return []
  const row = { ...emptyRow, part: "hold_out", documents: heldOut.length }
  const reliability = buildReliabilityTable(heldOut).map((range) => ({
    ...emptyRow,
    part: "reliability",
    name: range.range,
    probability: range.meanProbability,
    value: range.shareOfGood,
    documents: range.documents,
  }))
  return [
    { ...row, name: "accuracy", value: computeAccuracy(heldOut) },
    { ...row, name: "macro_f1", value: computeMacroF1(heldOut) },
    ...reliability,
  ]
}
