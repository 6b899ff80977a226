import * as fc from "fast-check"
import { expect, test } from "vitest"

import { withEngine } from "../stocktwits/with-engine.ts"
import { computeDay, landFiles } from "./compute-day.ts"
import {
  computeAuthors,
  computeTickers,
  computeTweets,
  getNewYorkDay,
  type Quote,
  type Tweet,
} from "./oracle.ts"

const hourMs = 3_600_000

interface Day {
  readonly date: string
  readonly start: string
  readonly end: string
  readonly hours: number
}

const days: readonly Day[] = [
  { date: "2026-03-08", start: "2026-03-08T05:00:00Z", end: "2026-03-09T04:00:00Z", hours: 23 },
  { date: "2026-07-01", start: "2026-07-01T04:00:00Z", end: "2026-07-02T04:00:00Z", hours: 24 },
  { date: "2026-11-01", start: "2026-11-01T04:00:00Z", end: "2026-11-02T05:00:00Z", hours: 25 },
]

/** An instant in whole seconds, often next to an end of the day, at times beyond it. */
function randomInstant({ start, end }: Day): fc.Arbitrary<number> {
  const [first, last] = [Date.parse(start), Date.parse(end)]
  return fc.oneof(
    fc
      .integer({ min: first / 1000 - 7200, max: last / 1000 + 7200 })
      .map((seconds) => seconds * 1000),
    fc.constantFrom(first - 1000, first, last - 1000, last, first + 6 * hourMs),
  )
}

/** Formats an instant as Twitter does: `Sun Mar 08 05:00:00 +0000 2026`. */
function formatTwitterTime(instantMs: number): string {
  const [weekday = "", day = "", month = "", year = "", time = ""] = new Date(instantMs)
    .toUTCString()
    .replace(",", "")
    .split(" ")
  return `${weekday} ${month} ${day} ${time} +0000 ${year}`
}

/** Tickers of tweets: in lower case, repeated, and of which one begins like another. */
const tickers = [["GOOG"], ["GOOGL", "AMZN"], [], ["aapl", "AAPL", "GOOGL"], ["^NSEI", "goog"]]

/** A tweet; all copies of an id are equal but for their counts, and an author changes from tweet to tweet. */
function randomTweet(instants: readonly number[]): fc.Arbitrary<Tweet> {
  return fc
    .record({
      id: fc.nat(instants.length - 1),
      retweets: fc.integer({ min: 0, max: 2 }),
      likes: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ id, retweets, likes }) => createTweet(id, instants[id] ?? 0, [retweets, likes]))
}

const sources = [
  '<a href="https://about.twitter.com/" rel="nofollow">Twitter for iPhone</a>',
  "web",
  "",
  null,
  "<b></b>",
]

function createTweet(id: number, instantMs: number, counts: readonly [number, number]): Tweet {
  return {
    id: id + 1,
    created_at: formatTwitterTime(instantMs),
    source: sources[id % sources.length] ?? null,
    retweet_count: counts[0],
    favorite_count: counts[1],
    text: `tweet ${id} 🚀…`,
    ...(id % 3 === 0 ? { extended_tweet: { full_text: `tweet ${id} 🚀 to the end` } } : {}),
    entities: id % 7 === 6 ? {} : { symbols: tickers[id % tickers.length]?.map(toSymbol) ?? [] },
    user: {
      id: (id % 3) + 1,
      name: `Name ${id}`,
      created_at: "Thu Apr 01 12:00:00 +0000 2010",
      location: id % 2 === 0 ? "New York" : null,
      description: null,
      followers_count: id,
      statuses_count: 2 * id,
      verified: id % 2 === 1,
    },
  }
}

function toSymbol(text: string) {
  return { text, indices: [0, text.length] }
}

function randomQuote(instant: fc.Arbitrary<number>): fc.Arbitrary<Quote> {
  return fc.record({
    id: fc.constantFrom("GOOG", "GOOGL"),
    price: fc.constantFrom(170.25, 0.1 + 0.2),
    timestamp: fc
      .tuple(instant, fc.constantFrom(0, 0, 1, 999))
      .map(([instantMs, milliseconds]) => instantMs + milliseconds),
    changePercent: fc.constantFrom(-0.458, 0),
    dayVolume: fc.constantFrom(0, 5_000_000_000),
    change: fc.constant(-51.85),
  })
}

function randomWorld(day: Day) {
  const instant = randomInstant(day)
  const tweets = fc
    .array(instant, { minLength: 1, maxLength: 9 })
    .chain((instants) => fc.array(randomTweet(instants), { maxLength: 16 }))
  return fc.record({
    tweets,
    quotes: fc.array(randomQuote(instant), { maxLength: 12 }),
    files: fc.constantFrom(1, 3, 16),
  })
}

/** Distributes messages over files, one JSON object per line. */
function toFileTexts(messages: readonly unknown[], files: number): readonly string[] {
  return Array.from({ length: files }, (_, file) =>
    messages
      .filter((_, at) => at % files === file)
      .map((message) => `${JSON.stringify(message)}\n`)
      .join(""),
  )
}

const sortRows = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => JSON.stringify(row)).toSorted()

test.each(days)(
  "on $date, a day of $hours hours, the rows are what plain TypeScript computes",
  async (day) => {
    const { date, start, end, hours } = day
    expect(Date.parse(end) - Date.parse(start)).toBe(hours * hourMs)
    await fc.assert(
      fc.asyncProperty(randomWorld(day), async ({ tweets, quotes, files }) => {
        await withEngine({}, async (fixture) => {
          const folder = date.replaceAll("-", "/")
          landFiles(fixture.landing, `twitter/${folder}`, toFileTexts(tweets, files))
          landFiles(fixture.landing, `stocks/${folder}`, toFileTexts(quotes, files))
          const dayTweets = tweets.filter(
            ({ created_at }) => getNewYorkDay(Date.parse(created_at)) === date,
          )
          const dayQuotes = quotes.filter(({ timestamp }) => getNewYorkDay(timestamp) === date)
          const computedTweets = await computeDay(fixture, "tweets", date)
          expect(computedTweets.rows).toEqual(sortRows(computeTweets(dayTweets)))
          expect(computedTweets.quarantined.get("outside_the_day") ?? 0).toBe(
            tweets.length - dayTweets.length,
          )
          expect((await computeDay(fixture, "authors", date)).rows).toEqual(
            sortRows(computeAuthors(dayTweets)),
          )
          expect((await computeDay(fixture, "tickers", date)).rows).toEqual(
            sortRows(computeTickers(dayQuotes)),
          )
        })
      }),
      { numRuns: 5, endOnFailure: true },
    )
  },
)
