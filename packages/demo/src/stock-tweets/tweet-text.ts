import type { Random } from "@freshet/core/engine"

/** The sentiment that a generated text has. */
export type Tone = "positive" | "neutral" | "negative"

const splitPhrases = (list: string): readonly string[] =>
  list
    .trim()
    .split("\n")
    .map((phrase) => phrase.trim())

const phrases: Readonly<Record<Tone, readonly string[]>> = {
  positive: splitPhrases(`
    beats estimates by a wide margin
    record quarter, strong guidance
    breaking out to a new high 🚀
    buying more on every dip
    upgraded to buy
    great results, I love this stock
    calls are printing 💰
    bullish above support
    best company of the decade
    rally goes on, profits up`),
  neutral: splitPhrases(`
    trades sideways today
    reports earnings on Thursday
    volume is about average
    price target unchanged
    watching the open
    here is my chart of the week
    what do you think about it
    options expire on Friday
    holds its annual meeting
    new article about the sector`),
  negative: splitPhrases(`
    misses estimates, weak guidance
    downgraded to sell
    selling everything before it crashes
    puts are printing 📉
    bearish below resistance
    terrible results, worst quarter in years
    lawsuit and losses, avoid
    broke support, going lower
    bubble, overvalued and falling 😡
    cut my position at a loss`),
}

const fillers = splitPhrases(`
  today
  this week
  as I said
  according to analysts
  in my opinion
  no advice
  after the close
  on the daily chart`)

const hashtags = ["#stocks", "#trading", "#investing", "#markets"]

/** Draws the text of a tweet about tickers. One in ten has a phrase of another tone as well. */
export function drawText(random: Random, tone: Tone, tickers: readonly string[]): string {
  const other = random.below(10) === 0 ? drawTone(random, [1, 1, 1]) : undefined
  return [
    tickers.map((ticker) => `$${ticker}`).join(" "),
    pick(random, phrases[tone]),
    ...(other === undefined ? [] : [`but ${pick(random, phrases[other])}`]),
    ...(random.below(2) === 0 ? [pick(random, fillers)] : []),
    ...(random.below(4) === 0 ? [pick(random, hashtags)] : []),
    ...(random.below(6) === 0 ? [`https://example.com/${random.below(10_000)}`] : []),
  ].join(" ")
}

/** Draws a tone by the weights of positive, neutral and negative. */
export function drawTone(
  random: Random,
  [positive, neutral, negative]: readonly [number, number, number],
): Tone {
  const choice = random.below(positive + neutral + negative)
  if (choice < positive) return "positive"
  return choice < positive + neutral ? "neutral" : "negative"
}

function pick(random: Random, values: readonly string[]): string {
  return values[random.below(values.length)] ?? ""
}
