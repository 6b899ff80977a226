import { minimize } from "./minimize.ts"
import type { SparseRows } from "./sparse-rows.ts"

/**
 * A linear model of the log odds of several labels. `weights` has the weight of each label for the first column, then
 * those for the second, and so on; the intercepts of the labels are last.
 */
export interface MultinomialModel {
  readonly labels: number
  readonly weights: Float64Array
}

/** The labels of training rows, and the weight of their loss against that of the model's size. */
export interface MultinomialTraining {
  /** The label of each row, from 0. */
  readonly rowLabels: readonly number[]
  readonly labels: number
  readonly columns: number
  readonly strength: number
}

/** The gradient at which the search ends: it moves a probability by less than a thousandth. */
const tolerance = 1e-3

/** Trains a multinomial logistic regression with L2 regularization of the weights. Equal rows in equal order give equal bytes. */
export function trainMultinomialRegression(
  rows: SparseRows,
  { rowLabels, labels, columns, strength }: MultinomialTraining,
): MultinomialModel {
  const weights = minimize(
    (columns + 1) * labels,
    (point) => {
      const gradient = point.slice().fill(0, columns * labels)
      let loss = gradient.reduce((sum, weight) => sum + weight ** 2 / 2, 0)
      for (const [row, label] of rowLabels.entries()) {
        const probabilities = computeProbabilities({ labels, weights: point }, rows, row)
        loss -= strength * Math.log(Math.max(probabilities[label] ?? 0, Number.MIN_VALUE))
        const slopes = probabilities.map(
          (probability, at) => strength * (probability - (at === label ? 1 : 0)),
        )
        addOuterProduct(gradient, rows, { row, slopes })
      }
      return { value: loss, gradient }
    },
    { tolerance },
  )
  return { labels, weights }
}

/** Computes the probability of each label for a row. */
export function computeProbabilities(
  { labels, weights }: MultinomialModel,
  { starts, columns, values }: SparseRows,
  row: number,
): Float64Array {
  const odds = weights.slice(weights.length - labels)
  const end = starts[row + 1] ?? 0
  for (let at = starts[row] ?? 0; at < end; at += 1) {
    const value = values[at] ?? 0
    const first = (columns[at] ?? 0) * labels
    for (let label = 0; label < labels; label += 1)
      odds[label] = (odds[label] ?? 0) + value * (weights[first + label] ?? 0)
  }
  const largest = Math.max(...odds)
  const exponentials = odds.map((logOdds) => Math.exp(logOdds - largest))
  const sum = exponentials.reduce((total, exponential) => total + exponential, 0)
  return exponentials.map((exponential) => exponential / sum)
}

/** Adds to each column the slopes of the labels, times the value of the row; and the slopes themselves for the intercepts. */
function addOuterProduct(
  sum: Float64Array,
  { starts, columns, values }: SparseRows,
  { row, slopes }: { readonly row: number; readonly slopes: Float64Array },
): void {
  const end = starts[row + 1] ?? 0
  for (let at = starts[row] ?? 0; at < end; at += 1)
    addSlopes(sum, slopes, { first: (columns[at] ?? 0) * slopes.length, factor: values[at] ?? 0 })
  addSlopes(sum, slopes, { first: sum.length - slopes.length, factor: 1 })
}

function addSlopes(
  sum: Float64Array,
  slopes: Float64Array,
  { first, factor }: { readonly first: number; readonly factor: number },
): void {
  for (let label = 0; label < slopes.length; label += 1)
    sum[first + label] = (sum[first + label] ?? 0) + factor * (slopes[label] ?? 0)
}
