import type { Random } from "@freshet/core/engine"

import { buildAliasTable, drawIndex } from "../alias-table.ts"
import type { AliasTable } from "../alias-table.ts"

/** Words with their weights. */
export interface Vocabulary {
  readonly words: readonly string[]
  readonly table: AliasTable
}

/** Trading experience of users. */
export const experiences = createVocabulary({ Novice: 1644, Intermediate: 1665, Experienced: 1691 })

/** Trading approaches of users. */
export const approaches = createVocabulary({
  Growth: 842,
  Technical: 837,
  Fundamental: 856,
  Value: 821,
  "Global Macro": 818,
  Momentum: 826,
})

/** Holding periods of users. */
export const holdingPeriods = createVocabulary({
  "Position Trader": 1216,
  "Long Term Investor": 1232,
  "Day Trader": 1284,
  "Swing Trader": 1268,
})

/** Asset classes that users trade. */
export const assetClasses = createVocabulary({
  Bonds: 1643,
  Equities: 1716,
  Forex: 1589,
  Futures: 1653,
  Options: 1646,
  "Private Companies": 1660,
})

/** Topics of rooms. */
export const topics = createVocabulary({
  "Day Trading": 309,
  "Swing Trading": 179,
  Education: 148,
  Options: 130,
  "Momentum Trading": 126,
  "Long Term Investing": 118,
  Technicals: 111,
  Equities: 105,
  Cryptocurrencies: 96,
  Technology: 84,
  Fundamentals: 82,
  News: 70,
  Biotechnology: 57,
  "Non-Market Talk": 51,
  "Personal Finance": 32,
  ETFs: 31,
  Futures: 26,
  "Global Macro": 19,
  Quant: 16,
  Energy: 15,
  Forex: 10,
  "Precious Metals": 10,
  "Green Energy": 4,
})

/** Draws one word. */
export function drawWord({ words, table }: Vocabulary, random: Random): string {
  return words[drawIndex(table, random)] ?? ""
}

/** Draws different words and joins them in one CSV field. */
export function drawWords(vocabulary: Vocabulary, count: number, random: Random): string {
  const words = new Set<string>()
  while (words.size < count) words.add(drawWord(vocabulary, random))
  const list = [...words].join(",")
  return count > 1 ? `"${list}"` : list
}

function createVocabulary(counts: Readonly<Record<string, number>>): Vocabulary {
  return { words: Object.keys(counts), table: buildAliasTable(Object.values(counts)) }
}
