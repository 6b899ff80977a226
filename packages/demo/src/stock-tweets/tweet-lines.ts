import { createRandom, type Random } from "@freshet/core/engine"

import { computeActivity, demoTickers, type MarketDay } from "./market-day.ts"
import { drawText, drawTone } from "./tweet-text.ts"

/** A generated tweet as it lands, and the batch in which it arrives. */
export interface TweetLine {
  readonly line: string
  /** True for about one tweet in twenty: it arrives two days after it was written. */
  readonly isLate: boolean
}

/** Options of the tweets of a day. */
export interface TweetOptions {
  readonly seed: number
  readonly authors: number
  readonly tweetsPerDay: number
}

const minuteMs = 60_000

/** The time from which Twitter counts milliseconds in the ids of tweets. */
const idEpochMs = 1_288_834_974_657

/** Generates the tweets of a day, minute by minute. One in a hundred arrives twice, one in ten names no ticker. */
export function* generateTweets(options: TweetOptions, day: MarketDay): Iterable<TweetLine> {
  const random = createRandom(options.seed, "tweets", day.day)
  let due = 0
  for (let minute = 0, number = 0; minute < day.minutes; minute += 1) {
    due += (computeActivity(day, minute) * options.tweetsPerDay) / quietMinutesPerDay
    for (; number < Math.floor(due); number += 1) {
      const isLate = random.below(20) === 0
      const createTweet = drawTweet(random, options, { day, minute, number })
      yield { line: createTweet(0), isLate }
      if (random.below(100) === 0) yield { line: createTweet(1 + random.below(9)), isLate }
    }
  }
}

/** The activity of a weekday without a shock, summed over its minutes. */
const quietMinutesPerDay = 390 * 6 + 1_050 * 2

interface TweetPlace {
  readonly day: MarketDay
  readonly minute: number
  /** The number of the tweet in its day. */
  readonly number: number
}

/** Draws a tweet. Its copies differ in the number of retweets. */
function drawTweet(
  random: Random,
  { authors }: TweetOptions,
  place: TweetPlace,
): (retweets: number) => string {
  const createdMs = place.day.startMs + place.minute * minuteMs + random.below(60) * 1000
  const tickers = drawTickers(random, place)
  const text = drawText(random, drawTone(random, getToneWeights(place, tickers)), tickers)
  const favorites = random.below(4) === 0 ? random.below(50) : 0
  const user = drawAuthor(random, authors)
  const content = JSON.stringify({
    created_at: formatTwitterTime(createdMs),
    ...toTexts(text),
    source: '<a href="https://example.com/app" rel="nofollow">Example for Phones</a>',
    user,
    favorite_count: favorites,
    entities: { hashtags: [], symbols: tickers.map(toSymbol) },
    lang: "en",
  })
  const id = toTweetId(createdMs, place.number)
  return (retweets) => `{"id":${id},"retweet_count":${retweets},${content.slice(1)}`
}

/** Draws the tickers of a tweet: during a shock most tweets are about it. */
function drawTickers(random: Random, { day, minute }: TweetPlace): readonly string[] {
  if (random.below(10) === 0) return []
  const { shock } = day
  const isShaken = shock !== undefined && minute >= shock.minute && minute < shock.minute + 60
  const first = isShaken && random.below(4) > 0 ? shock.ticker : pickTicker(random)
  if (random.below(6) > 0) return [first]
  const second = pickTicker(random)
  // Authors write tickers in lower case at times, and some name one twice.
  return [first, random.below(3) === 0 ? second.toLowerCase() : second]
}

function pickTicker(random: Random): string {
  return demoTickers[random.below(demoTickers.length)]?.id ?? ""
}

function getToneWeights(
  { day: { shock }, minute }: TweetPlace,
  tickers: readonly string[],
): readonly [number, number, number] {
  const usual = [4, 3, 3] as const
  if (shock === undefined || minute < shock.minute || minute >= shock.minute + 60) return usual
  if (!tickers.includes(shock.ticker)) return usual
  return shock.direction === "up" ? [8, 1, 1] : [1, 1, 8]
}

function drawAuthor(random: Random, authors: number) {
  const id = 1 + Math.min(random.below(authors), random.below(authors)) // few write much
  return {
    id,
    name: `Author ${id}`,
    created_at: formatTwitterTime(1_262_304_000_000 + (id % 3_000) * 86_400_000),
    location: id % 3 === 0 ? null : "New York",
    description: id % 2 === 0 ? null : "Writes about stocks.",
    followers_count: (id * 37) % 5_000,
    statuses_count: (id * 11) % 900,
    verified: id % 50 === 0,
  }
}

/** A long text is cut, as Twitter does, and given in full beside. */
function toTexts(text: string) {
  if (text.length <= 140) return { text, truncated: false }
  const cut = Array.from(text).slice(0, 120).join("")
  return { text: `${cut}…`, truncated: true, extended_tweet: { full_text: text } }
}

function toSymbol(text: string) {
  return { text, indices: [0, text.length + 1] }
}

/** Forms an id of a tweet as Twitter does, of milliseconds and a number. It is beyond the whole numbers of JavaScript. */
function toTweetId(createdMs: number, number: number): bigint {
  return (BigInt(createdMs - idEpochMs) << 22n) | BigInt(number)
}

/** Formats an instant as Twitter does: `Sun Mar 08 05:00:00 +0000 2026`. */
function formatTwitterTime(instantMs: number): string {
  const [weekday = "", day = "", month = "", year = "", time = ""] = new Date(instantMs)
    .toUTCString()
    .replace(",", "")
    .split(" ")
  return `${weekday} ${month} ${day} ${time} +0000 ${year}`
}
