/** A document with its label, which trains a model. */
export interface TrainingDocument {
  readonly text: string
  readonly isGood: boolean
}

/** A trained model: the weight and the inverse document frequency of each term, and the log odds of a text without any. */
export interface OracleModel {
  readonly terms: ReadonlyMap<string, { readonly weight: number; readonly idf: number }>
  readonly intercept: number
}

/** The weight of the losses against half the squared length of the weights. */
const strength = 4

/** Trains a model with Newton's method over dense rows; undefined if all documents have one label. */
export function trainModel(documents: readonly TrainingDocument[]): OracleModel | undefined {
  if (new Set(documents.map(({ isGood }) => isGood)).size < 2) return undefined
  const counts = documents.map(({ text }) => countTerms(text))
  const frequencies = new Map<string, number>()
  for (const term of counts.flatMap((terms) => [...terms.keys()]))
    frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
  const idfs = new Map(
    [...frequencies]
      .filter(([, frequency]) => frequency > 1)
      .map(([term, frequency]) => [term, 1 + Math.log((1 + documents.length) / (1 + frequency))]),
  )
  const terms = [...idfs.keys()]
  const rows = counts.map((document) => {
    const values = computeValues(document, idfs)
    return [...terms.map((term) => values.get(term) ?? 0), 1]
  })
  const weights = findMinimum(
    rows,
    documents.map(({ isGood }) => (isGood ? 1 : 0)),
  )
  return {
    terms: new Map(
      terms.map((term, at) => [term, { weight: weights[at] ?? 0, idf: idfs.get(term) ?? 0 }]),
    ),
    intercept: weights.at(-1) ?? 0,
  }
}

/** Computes the probability that a text is good. */
export function computeProbability({ terms, intercept }: OracleModel, text: string): number {
  const idfs = new Map([...terms].map(([term, { idf }]) => [term, idf]))
  const logOdds = [...computeValues(countTerms(text), idfs)].reduce(
    (sum, [term, value]) => sum + value * (terms.get(term)?.weight ?? 0),
    intercept,
  )
  return 1 / (1 + Math.exp(-logOdds))
}

/** Counts the words of at least two letters, and the pairs of neighbours among them. */
function countTerms(text: string): ReadonlyMap<string, number> {
  const words = text.match(/\S{2,}/g) ?? []
  const pairs = words.slice(1).map((word, at) => `${words[at] ?? ""} ${word}`)
  const terms = [...words, ...pairs]
  return new Map(terms.map((term) => [term, terms.filter((other) => other === term).length]))
}

/** Weighs the known terms by TF-IDF, as a vector of length 1. */
function computeValues(
  counts: ReadonlyMap<string, number>,
  idfs: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const values = [...counts].flatMap(([term, count]): (readonly [string, number])[] => {
    const idf = idfs.get(term)
    return idf === undefined ? [] : [[term, count * idf]]
  })
  const length = Math.hypot(...values.map(([, value]) => value))
  return new Map(values.map(([term, value]) => [term, value / length]))
}

/** Finds the weights with the least loss, the last of which has no penalty. */
function findMinimum(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
): readonly number[] {
  const width = rows[0]?.length ?? 0
  let weights = Array.from({ length: width }, () => 0)
  for (let round = 0; round < 100; round += 1) {
    const [gradient, curvature] = differentiate(rows, labels, weights)
    if (Math.max(...gradient.map(Math.abs)) < 1e-9) return weights
    const step = solve(curvature, gradient)
    let length = 1
    const move = () => weights.map((weight, at) => weight - length * (step[at] ?? 0))
    const loss = computeLoss(rows, labels, weights)
    while (length > 1e-9 && computeLoss(rows, labels, move()) > loss) length /= 2
    weights = move()
  }
  return weights
}

function multiply(row: readonly number[], weights: readonly number[]): number {
  return row.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0)
}

function computeLoss(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  weights: readonly number[],
): number {
  const penalty = weights.slice(0, -1).reduce((sum, weight) => sum + weight ** 2 / 2, 0)
  return rows.reduce((sum, row, at) => {
    const odds = multiply(row, weights)
    return sum + strength * Math.log1p(Math.exp(labels[at] === 1 ? -odds : odds))
  }, penalty)
}

/** Computes the gradient of the loss and the matrix of its second derivatives. */
function differentiate(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  weights: readonly number[],
): readonly [gradient: number[], curvature: number[][]] {
  const last = weights.length - 1
  const gradient = weights.map((weight, at) => (at === last ? 0 : weight))
  const curvature = weights.map((_, at) =>
    weights.map((_, other): number => (at === other && at !== last ? 1 : 0)),
  )
  for (const [at, row] of rows.entries()) {
    const probability = 1 / (1 + Math.exp(-multiply(row, weights)))
    const error = strength * (probability - (labels[at] ?? 0))
    const slope = strength * probability * (1 - probability)
    for (const [one, value] of row.entries()) {
      if (value === 0) continue
      gradient[one] = (gradient[one] ?? 0) + error * value
      const line = curvature[one] ?? []
      for (const [other, otherValue] of row.entries())
        line[other] = (line[other] ?? 0) + slope * value * otherValue
    }
  }
  return [gradient, curvature]
}

/** Solves a system of linear equations with Gauss's elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const lines = matrix.map((row, at) => [...row, right[at] ?? 0])
  const width = lines.length
  for (let pivot = 0; pivot < width; pivot += 1) {
    const line = lines[pivot] ?? []
    for (let below = pivot + 1; below < width; below += 1) {
      const target = lines[below] ?? []
      const factor = (target[pivot] ?? 0) / (line[pivot] ?? 1)
      if (factor === 0) continue
      for (let at = pivot; at <= width; at += 1)
        target[at] = (target[at] ?? 0) - factor * (line[at] ?? 0)
    }
  }
  const solution = Array.from({ length: width }, () => 0)
  for (let at = width - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? []
    let rest = line[width] ?? 0
    for (let other = at + 1; other < width; other += 1)
      rest -= (line[other] ?? 0) * (solution[other] ?? 0)
    solution[at] = rest / (line[at] ?? 1)
  }
  return solution
}
