import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"

import { writeStockTweetsInSizes } from "../../src/stock-tweets/write-stock-tweets.ts"

const folder = mkdtempSync(join(tmpdir(), "freshet-demo-stock-tweets-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sizes = { authors: 50, tweetsPerDay: 1000, quotesPerMinute: 1, labelledTweets: 200 }

async function generate(name: string, options: { seed?: number; days?: number; until?: string }) {
  const { seed = 1, days = 7, until = "2026-03-13" } = options
  const landing = join(folder, name)
  const files = await writeStockTweetsInSizes(sizes, { seed, landing, days, until })
  return new Map(files.map(({ path }) => [path, readFileSync(join(landing, path), "utf8")]))
}

interface Message {
  readonly id: string
  readonly timestamp: number
  readonly price: number
  readonly created_at: string
  readonly text: string
  readonly entities: { readonly symbols: readonly { readonly text: string }[] }
}

const parse = (text = "") =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line.replace(/^\{"id":(\d+)/, '{"id":"$1"')) as Message) // as generated

test("the same seed gives the same bytes, for a day by itself as in a week, and another seed others", async () => {
  const week = await generate("a", {})
  expect(await generate("b", {})).toEqual(week)
  const lastDay = await generate("c", { days: 1 })
  expect([...lastDay.keys()]).toEqual([
    "sentiment/labelled_tweets.csv",
    "stocks/2026/03/13/quotes.json",
    "twitter/2026/03/13/tweets.json",
  ])
  for (const [path, text] of lastDay) expect(text).toBe(week.get(path))
  expect(await generate("d", { seed: 2 })).not.toEqual(week)
})

test("each week has a shock: the price of a ticker moves by eight percent, and many write about it", async () => {
  const week = await generate("e", { until: "2026-03-15" })
  const days = ["09", "10", "11", "12", "13"].flatMap((day) => {
    const quotes = parse(week.get(`stocks/2026/03/${day}/quotes.json`))
    return ["AAPL", "GOOG", "AMZN"].map((ticker) => {
      const prices = quotes.filter(({ id }) => id === ticker).map(({ price }) => price)
      const range = (Math.max(...prices) - Math.min(...prices)) / Math.min(...prices)
      const tweets = parse(week.get(`twitter/2026/03/${day}/tweets.json`)).filter(({ entities }) =>
        entities.symbols.some(({ text }) => text === ticker),
      )
      return { range, tweets: tweets.length }
    })
  })
  const [shock, ...others] = days.toSorted((one, other) => other.range - one.range)
  expect(shock?.range).toBeGreaterThan(0.06)
  expect(others[0]?.range).toBeLessThan(0.05)
  expect(shock?.tweets).toBe(Math.max(...days.map(({ tweets }) => tweets)))
})

test("one tweet in twenty lands two days late, and some messages arrive twice", async () => {
  const files = await generate("f", {})
  const countTweets = (name: string) => parse(files.get(`twitter/2026/03/11/${name}`)).length
  const share = countTweets("late-tweets.json") / countTweets("tweets.json")
  expect(share).toBeGreaterThan(0.03)
  expect(share).toBeLessThan(0.08)
  expect(files.has("twitter/2026/03/12/late-tweets.json")).toBe(false)
  const ids = parse(files.get("twitter/2026/03/11/tweets.json")).map(({ id }) => id)
  expect(new Set(ids).size).toBeLessThan(ids.length)
})

test.each([
  ["2026-03-08", "2026-03-08T05:00:00Z", 23],
  ["2026-11-01", "2026-11-01T04:00:00Z", 25],
])("the tweets of %s are written after %s, in its %i hours", async (day, start, hours) => {
  const files = await generate(day, { days: 1, until: day })
  const hoursOfTweets = parse(files.get(`twitter/${day.replaceAll("-", "/")}/tweets.json`)).map(
    ({ created_at }) => Math.floor((Date.parse(created_at) - Date.parse(start)) / 3_600_000),
  )
  expect([...new Set(hoursOfTweets)]).toEqual(Array.from({ length: hours }, (_, hour) => hour))
})
