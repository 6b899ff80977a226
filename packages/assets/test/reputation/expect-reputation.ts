import { expect } from "vitest"

import type { MaterializedDay } from "../stocktwits/materialize-day.ts"
import type { OracleModel } from "./oracle/classifier.ts"
import type { DayOfReputation, ScoredDocument } from "./oracle/reputation.ts"

/** The largest difference of weights and probabilities: training ends where no slope of the loss exceeds 0.00001. */
const tolerance = 0.0001

type Rows = Awaited<ReturnType<MaterializedDay["rows"]>>

/** Good weeks and all weeks of each person. */
type Weeks = ReadonlyMap<number, readonly [good: number, all: number]>

/** Expects the documents, the model and the probabilities of the oracle; returns the weeks that it classifies. */
export async function expectReputation(
  made: MaterializedDay,
  day: string,
  { documents, model, isTrained, scored, heldOut }: DayOfReputation,
): Promise<Weeks> {
  const documentRows = await made.rows("weekly_documents", day)
  expect(
    documentRows
      .map(([user, week, , text, isGood]) => [user, week, isGood, text].map(String).join(" "))
      .toSorted(),
  ).toEqual(
    documents
      .map(({ user, week, isGood, text }) => [user, week, isGood, text].join(" "))
      .toSorted(),
  )
  const modelRows = await made.rows("reputation_model", day)
  expectWeights(modelRows, model)
  const weekRows = await made.rows("scored_weeks", day)
  const probabilities = readProbabilities(weekRows, scored)
  if (isTrained) expectHoldOut(modelRows, heldOut, probabilities)
  return countWeeks(scored, probabilities)
}

/** Expects the terms of the oracle's model, their weights and the intercept. */
function expectWeights(rows: Rows, model: OracleModel | undefined): void {
  const weights = new Map(
    rows
      .filter(([part]) => part === "term" || part === "intercept")
      .map(([part, name, idf, weight]) => [
        `${String(part)} ${String(name)}`,
        [Number(idf), Number(weight)] as const,
      ]),
  )
  const expected = new Map(
    model === undefined
      ? []
      : [
          ...[...model.terms].map(
            ([term, { idf, weight }]) => [`term ${term}`, [idf, weight]] as const,
          ),
          ["intercept intercept", [0, model.intercept]] as const,
        ],
  )
  expect([...weights.keys()].toSorted()).toEqual([...expected.keys()].toSorted())
  for (const [name, [idf = 0, weight = 0]] of expected) {
    const [rowIdf = Number.NaN, rowWeight = Number.NaN] = weights.get(name) ?? []
    expect(Math.abs(rowIdf - idf)).toBeLessThan(1e-12)
    expect({ name, isEqual: Math.abs(rowWeight - weight) < tolerance }).toEqual({
      name,
      isEqual: true,
    })
  }
}

const formatKey = ({ user, week }: ScoredDocument) => `${user} ${week}`

/** Reads the probability of each week, after a comparison with that of the oracle. */
function readProbabilities(
  rows: Rows,
  scored: readonly ScoredDocument[],
): ReadonlyMap<string, number> {
  const probabilities = new Map(
    rows.map(([user, week, probability]) => [
      `${String(user)} ${String(week)}`,
      Number(probability),
    ]),
  )
  expect([...probabilities.keys()].toSorted()).toEqual(scored.map(formatKey).toSorted())
  for (const document of scored) {
    const probability = probabilities.get(formatKey(document)) ?? Number.NaN
    expect(Math.abs(probability - document.probability)).toBeLessThan(tolerance)
  }
  return probabilities
}

/** Expects the scores that the oracle's held-out documents give: their labels and probabilities decide them. */
function expectHoldOut(
  rows: Rows,
  heldOut: readonly ScoredDocument[],
  probabilities: ReadonlyMap<string, number>,
): void {
  const texts = heldOut.map((document) => ({
    probability: probabilities.get(formatKey(document)) ?? Number.NaN,
    isGood: document.isGood,
  }))
  const readValues = (wanted: string) =>
    rows
      .filter(([part]) => part === wanted)
      .map(([, name, , , probability, value, documents]) => ({
        name,
        probability: probability === null ? null : Number(probability).toFixed(9),
        value: Number(value).toFixed(9),
        documents,
      }))
      .toSorted((one, other) => (String(one.name) < String(other.name) ? -1 : 1))
  const count = texts.length
  const right = texts.filter(({ probability, isGood }) => probability >= 0.5 === isGood).length
  const scores = [
    ["accuracy", right / count],
    ["macro_f1", (computeF1(texts, true) + computeF1(texts, false)) / 2],
  ] as const
  expect(readValues("hold_out")).toEqual(
    scores.flatMap(([name, value]) =>
      count === 0 ? [] : [{ name, probability: null, value: value.toFixed(9), documents: count }],
    ),
  )
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    const members = texts.filter(({ probability }) =>
      tenth === 9 ? probability >= 0.9 : Math.floor(probability * 10) === tenth,
    )
    const sum = members.reduce((total, { probability }) => total + probability, 0)
    return {
      name: `0.${tenth} to ${tenth === 9 ? "1.0" : `0.${tenth + 1}`}`,
      probability: (sum / members.length).toFixed(9),
      value: (members.filter(({ isGood }) => isGood).length / members.length).toFixed(9),
      documents: members.length,
    }
  })
  expect(readValues("reliability")).toEqual(tenths.filter(({ documents }) => documents > 0))
}

/** Computes F1 from precision and recall; 0 without a text that has the label rightly. */
function computeF1(
  texts: readonly { readonly probability: number; readonly isGood: boolean }[],
  label: boolean,
): number {
  const classified = texts.filter(({ probability }) => probability >= 0.5 === label)
  const right = classified.filter(({ isGood }) => isGood === label).length
  if (right === 0) return 0
  const precision = right / classified.length
  const recall = right / texts.filter(({ isGood }) => isGood === label).length
  return (2 * precision * recall) / (precision + recall)
}

/** Classifies weeks by the oracle's probability; the asset's decides where the oracle's is a half within the tolerance. */
function countWeeks(
  scored: readonly ScoredDocument[],
  probabilities: ReadonlyMap<string, number>,
): Weeks {
  const weeks = new Map<number, readonly [good: number, all: number]>()
  for (const document of scored) {
    const isNearHalf = Math.abs(document.probability - 0.5) < tolerance
    const probability = isNearHalf ? probabilities.get(formatKey(document)) : document.probability
    const [good, all] = weeks.get(document.user) ?? [0, 0]
    weeks.set(document.user, [good + (Number(probability) >= 0.5 ? 1 : 0), all + 1])
  }
  return weeks
}
