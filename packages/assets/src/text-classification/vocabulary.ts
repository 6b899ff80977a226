import type { SparseRow } from "./sparse-rows.ts"

/** A term of a vocabulary with its inverse document frequency. */
export interface VocabularyTerm {
  readonly term: string
  readonly idf: number
}

/** Terms in the order of their columns. */
export type Vocabulary = readonly VocabularyTerm[]

/** The terms that a vocabulary has. */
export interface VocabularyLimits {
  /** The smallest number of documents with a term. */
  readonly minimumDocuments: number
  /** The largest number of terms; the most frequent ones are chosen, equals by their text. */
  readonly terms: number
}

interface TermFrequency {
  readonly term: string
  documents: number
  occurrences: number
}

/** Builds a vocabulary from the terms of documents, in the order of the terms' texts. */
export function buildVocabulary(
  documents: Iterable<ReadonlyMap<string, number>>,
  limits: VocabularyLimits,
): Vocabulary {
  const frequencies = new Map<string, TermFrequency>()
  let total = 0
  for (const counts of documents) {
    total += 1
    for (const [term, count] of counts) {
      const frequency = frequencies.get(term) ?? { term, documents: 0, occurrences: 0 }
      frequency.documents += 1
      frequency.occurrences += count
      frequencies.set(term, frequency)
    }
  }
  return [...frequencies.values()]
    .filter((frequency) => frequency.documents >= limits.minimumDocuments)
    .toSorted(
      (one, other) => other.occurrences - one.occurrences || compareText(one.term, other.term),
    )
    .slice(0, limits.terms)
    .toSorted((one, other) => compareText(one.term, other.term))
    .map((frequency) => ({
      term: frequency.term,
      idf: Math.log((1 + total) / (1 + frequency.documents)) + 1,
    }))
}

/** Orders texts by code units, which no locale changes. */
function compareText(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/** Creates a function that converts terms to a row of TF-IDF values with length 1, in the order of columns. */
export function createVectorizer(
  vocabulary: Vocabulary,
  /** Converts the count of a term to its frequency. */
  toFrequency: (count: number) => number = (count) => count,
): (counts: ReadonlyMap<string, number>) => SparseRow {
  const columns = new Map(vocabulary.map(({ term, idf }, column) => [term, { column, idf }]))
  return (counts) => {
    const entries = [...counts].flatMap(([term, count]): SparseRow => {
      const entry = columns.get(term)
      return entry === undefined ? [] : [[entry.column, toFrequency(count) * entry.idf]]
    })
    const sorted = entries.toSorted(([one], [other]) => one - other)
    const length = Math.sqrt(sorted.reduce((sum, [, value]) => sum + value * value, 0))
    return sorted.map(([column, value]) => [column, value / length])
  }
}
