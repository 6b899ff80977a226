import { expect, test } from "vitest"

import { trainLogisticRegression } from "../../src/text-classification/logistic-regression.ts"
import {
  computeProbabilities,
  trainMultinomialRegression,
} from "../../src/text-classification/multinomial-regression.ts"
import { type SparseRow, toSparseRows } from "../../src/text-classification/sparse-rows.ts"

/** Rows with a column for each label, and a column that says nothing. */
const examples: readonly { readonly row: SparseRow; readonly label: number }[] = Array.from(
  { length: 30 },
  (_, at) => {
    const label = at % 3
    return {
      label,
      row: [
        [label, 1],
        [3, (at % 5) / 5],
      ],
    }
  },
)
const rowLabels = examples.map(({ label }) => label)

test("a multinomial regression separates three labels, and its probabilities sum to 1", () => {
  const rows = toSparseRows(examples.map(({ row }) => row))
  const model = trainMultinomialRegression(rows, { rowLabels, labels: 3, columns: 4, strength: 4 })
  for (const [row, label] of rowLabels.entries()) {
    const probabilities = [...computeProbabilities(model, rows, row)]
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(label)
    expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 12)
  }
})

test("at the trained weights no small change of a weight lowers the loss", () => {
  const rows = toSparseRows(examples.map(({ row }) => row))
  const training = { rowLabels, labels: 3, columns: 4, strength: 4 }
  const { labels, weights } = trainMultinomialRegression(rows, training)
  const computeLoss = (point: Float64Array) => {
    const size = point.subarray(0, 12).reduce((sum, weight) => sum + weight ** 2 / 2, 0)
    const losses = rowLabels.map(
      (label, row) =>
        -Math.log(computeProbabilities({ labels, weights: point }, rows, row)[label] ?? 0),
    )
    return size + 4 * losses.reduce((sum, loss) => sum + loss, 0)
  }
  const least = computeLoss(weights)
  for (const at of weights.keys())
    for (const step of [-0.01, 0.01])
      expect(computeLoss(weights.with(at, (weights[at] ?? 0) + step))).toBeGreaterThan(least - 1e-9)
})

test("with two labels it has the probabilities of a logistic regression of half the strength", () => {
  const rows = toSparseRows(examples.map(({ row }) => row))
  const isFirst = rowLabels.map((label) => label === 0)
  const multinomial = trainMultinomialRegression(rows, {
    rowLabels: isFirst.map((first) => (first ? 0 : 1)),
    labels: 2,
    columns: 4,
    strength: 1,
  })
  const binary = trainLogisticRegression(rows, { labels: isFirst, columns: 4, strength: 2 })
  for (const [at, { row }] of examples.entries()) {
    const logOdds = row.reduce(
      (sum, [column, value]) => sum + value * (binary.weights[column] ?? 0),
      binary.intercept,
    )
    const [probability = 0] = computeProbabilities(multinomial, rows, at)
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 3)
  }
})
