import { minimize } from "./minimize.ts"
import { multiplyRows, type SparseRows } from "./sparse-rows.ts"

/** A linear model of the log odds of a label. */
export interface LinearModel {
  readonly weights: Float64Array
  readonly intercept: number
}

/** The labels of training rows, and the weight of their loss against that of the model's size. */
export interface TrainingOptions {
  /** True for each row with the label. */
  readonly labels: readonly boolean[]
  readonly columns: number
  readonly strength: number
}

const tolerance = 1e-5

/** Trains a logistic regression with L2 regularization of the weights. Equal rows in equal order give equal bytes. */
export function trainLogisticRegression(
  rows: SparseRows,
  { labels, columns, strength }: TrainingOptions,
): LinearModel {
  const point = minimize(
    columns + 1,
    (weights) => {
      const intercept = weights[columns] ?? 0
      const odds = multiplyRows(rows, weights, intercept)
      const gradient = weights.slice()
      gradient[columns] = 0
      let loss = 0
      for (let column = 0; column < columns; column += 1) loss += (weights[column] ?? 0) ** 2 / 2
      for (const [row, logOdds] of odds.entries()) {
        const sign = labels[row] === true ? 1 : -1
        loss += strength * computeLoss(sign * logOdds)
        addRow(gradient, rows, row, -sign * strength * toProbability(-sign * logOdds))
      }
      return { value: loss, gradient }
    },
    { tolerance },
  )
  return { weights: point.subarray(0, columns), intercept: point[columns] ?? 0 }
}

/** Converts log odds to a probability. */
export function toProbability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds))
}

/** Computes log(1 + exp(-margin)) without overflow. */
function computeLoss(margin: number): number {
  return margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin))
}

/** Adds a multiple of a row, with 1 in the last place for the intercept. */
function addRow(sum: Float64Array, rows: SparseRows, row: number, factor: number): void {
  const { starts, columns, values } = rows
  const end = starts[row + 1] ?? 0
  for (let at = starts[row] ?? 0; at < end; at += 1) {
    const column = columns[at] ?? 0
    sum[column] = (sum[column] ?? 0) + factor * (values[at] ?? 0)
  }
  const intercept = sum.length - 1
  sum[intercept] = (sum[intercept] ?? 0) + factor
}
