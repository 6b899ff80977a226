/** Beginnings of words by which people say that a share does well; `$` ends a whole word. */
const positiveWords = [
  "gain rall beat surg soar strong strength bull buy long higher highs?$ upgrad grow profit",
  "breakout record jump rise rising rose win great good best boost positive outperform recover",
  "rebound moon rocket top optimis love nice congrat success up$ upside green money_bag",
  "chart_increasing fire$ improv opportunit lead support excite happy dividend raise",
]

/** The same for shares that do badly. */
const negativeWords = [
  "loss lose losing fall fell drop declin crash plung weak bear sell short lower lows?$ downgrad",
  "miss cut fear risk worr concern bad worst negative slump sink tumbl recession layoff bankrupt",
  "lawsuit fraud warn bubble panic down$ downside red$ chart_decreasing debt crisis pandemic virus",
  "covid death unemploy slash collapse volatil suffer hurt dump overvalu fail delay threat uncertain",
]

const positivePattern = buildPattern(positiveWords)
const negativePattern = buildPattern(negativeWords)

function buildPattern(lines: readonly string[]): RegExp {
  return new RegExp(`^(?:not_)?(?:${lines.join(" ").replaceAll(" ", "|")})`)
}

/** Classifies a word without its context; undefined for most words. */
export function findPolarity(word: string): "positive" | "negative" | undefined {
  if (positivePattern.test(word)) return "positive"
  return negativePattern.test(word) ? "negative" : undefined
}
