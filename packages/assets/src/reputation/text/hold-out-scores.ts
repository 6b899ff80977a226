/** The probability of a text to be good, and its label. */
export interface ScoredText {
  readonly probability: number
  readonly isGood: boolean
}

/** A row of a reliability table: the texts whose probabilities are in one tenth. */
export interface ReliabilityRow {
  /** `0.3 to 0.4`. */
  readonly range: string
  readonly documents: number
  readonly meanProbability: number
  readonly shareOfGood: number
}

/** Tests if a probability makes a text a good one. */
export function isClassifiedGood(probability: number): boolean {
  return probability >= 0.5
}

/** Computes the share of texts that are classified as labelled. */
export function computeAccuracy(texts: readonly ScoredText[]): number {
  return texts.filter(isCorrect).length / texts.length
}

function isCorrect({ probability, isGood }: ScoredText): boolean {
  return isClassifiedGood(probability) === isGood
}

/** Computes the mean of the F1 scores of good texts and of the others; 0 for a label that no text has. */
export function computeMacroF1(texts: readonly ScoredText[]): number {
  return (computeF1(texts, true) + computeF1(texts, false)) / 2
}

function computeF1(texts: readonly ScoredText[], label: boolean): number {
  const labelled = texts.filter(({ isGood }) => isGood === label).length
  const classified = texts.filter(({ probability }) => isClassifiedGood(probability) === label)
  const correct = classified.filter(isCorrect).length
  return labelled + classified.length === 0 ? 0 : (2 * correct) / (labelled + classified.length)
}

/** Builds the reliability table, without ranges that have no text. */
export function buildReliabilityTable(texts: readonly ScoredText[]): readonly ReliabilityRow[] {
  const tenths = Array.from({ length: 10 }, (_, tenth) => tenth)
  return tenths.flatMap((tenth) => {
    const members = texts.filter(({ probability }) => findTenth(probability) === tenth)
    if (members.length === 0) return []
    const sum = members.reduce((total, { probability }) => total + probability, 0)
    return [
      {
        range: `${(tenth / 10).toFixed(1)} to ${((tenth + 1) / 10).toFixed(1)}`,
        documents: members.length,
        meanProbability: sum / members.length,
        shareOfGood: members.filter(({ isGood }) => isGood).length / members.length,
      },
    ]
  })
}

function findTenth(probability: number): number {
  return Math.min(9, Math.floor(probability * 10))
}
