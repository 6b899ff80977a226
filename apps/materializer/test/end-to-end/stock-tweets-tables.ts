import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import {
  computeAuthors,
  computeMinutePrices,
  computeMinuteSums,
  computeTickers,
  computeTickerTweets,
  computeTweets,
  getNewYorkDay,
  type Quote,
  type Tweet,
} from "@freshet/assets/testing"
import { expect } from "vitest"

import { withLedgerClient } from "./ledger-contents.ts"
import type { TestProject } from "./test-project.ts"

const followedTickers = ["AAPL", "AMZN", "GOOG"]

/** The published columns in the order of the oracle. */
const tables = {
  "stwitter_staging.tweets":
    "tweet_id, user_id, tweeted_at, source, retweet_count, favorite_count, text, ticker_ids",
  "stwitter_staging.users":
    "user_id, tweeted_at, name, joined_at, location, description, followers_count, statuses_count, is_verified",
  "stwitter_staging.tickers":
    "ticker_id, quoted_at, number, price, change_percent, day_volume, change",
  "stwitter.tweets": "tweet_id, tweeted_at, ticker_ids, user_id, user_name, text, sentiment",
  "stwitter.tweets_sentiments_minute_sum":
    "ticker_id, minute, positive_count, negative_count, neutral_count",
  "stwitter.tickers_minute_avg": "ticker_id, minute, price, quotes",
} as const

/** Rows of tables as JSON texts, sorted. */
type Rows = Readonly<Record<string, readonly string[]>>

/** Reads the published rows, each with its day. */
function readTables(project: TestProject): Promise<Rows> {
  return withLedgerClient(project, async (client) => {
    const rows: Record<string, readonly string[]> = {}
    for (const [table, columns] of Object.entries(tables)) {
      const result = await client.query({
        text: `select day::text, ${columns} from ${table}`,
        rowMode: "array",
      })
      rows[table] = sortRows(result.rows)
    }
    return rows
  })
}

/** Reads the rows of the views by ticker. */
export function readViews(project: TestProject): Promise<Rows> {
  return withLedgerClient(project, async (client) => {
    const rows: Record<string, readonly string[]> = {}
    for (const [view, columns] of listViews()) {
      const result = await client.query({
        text: `select ${columns} from stwitter.${view}`,
        rowMode: "array",
      })
      rows[view] = sortRows(result.rows)
    }
    return rows
  })
}

function listViews(): readonly (readonly [view: string, columns: string])[] {
  return followedTickers.flatMap((ticker) => {
    const name = ticker.toLowerCase()
    return [
      [
        `tweets_${name}`,
        "tweet_created_at::text, tweet_id, user_name, tweet_text, sentiment",
      ] as const,
      [
        `tweets_${name}_sentiments_minute_sum`,
        "tweets_minute_freq::text, positive_count, negative_count, neutral_count",
      ] as const,
      [`tickers_${name}_minute_avg`, "ticker_minute_freq::text, price"] as const,
    ]
  })
}

const localTime = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "America/New_York",
  dateStyle: "short",
  timeStyle: "medium",
})

/** Selects the rows of the views from those of the tables. */
export function computeViews(rows: Rows): Rows {
  const toLocal = (time: unknown) => localTime.format(new Date(String(time)))
  const select = (table: keyof typeof tables, toRow: (values: readonly unknown[]) => unknown[][]) =>
    sortRows((rows[table] ?? []).flatMap((row) => toRow(JSON.parse(row) as readonly unknown[]))) // as it was written
  const views: Record<string, readonly string[]> = {}
  for (const ticker of followedTickers) {
    const name = ticker.toLowerCase()
    views[`tweets_${name}`] = select(
      "stwitter.tweets",
      ([, id, time, tickers, , user, text, sentiment]) =>
        (tickers as readonly string[]).includes(ticker) // a list of texts by its declaration
          ? [[toLocal(time), id, user, text, sentiment]]
          : [],
    )
    views[`tweets_${name}_sentiments_minute_sum`] = select(
      "stwitter.tweets_sentiments_minute_sum",
      ([, id, minute, ...counts]) => (id === ticker ? [[toLocal(minute), ...counts]] : []),
    )
    views[`tickers_${name}_minute_avg`] = select(
      "stwitter.tickers_minute_avg",
      ([, id, minute, price]) => (id === ticker ? [[toLocal(minute), price]] : []),
    )
  }
  return views
}

/** Computes the rows of the tables from the landed files of these days, in plain TypeScript. */
function computeTables(
  { landing }: Pick<TestProject, "landing">,
  days: readonly string[],
  sentiments: ReadonlyMap<string, string>,
): Rows {
  const rows = Object.fromEntries(Object.keys(tables).map((table) => [table, [] as unknown[][]]))
  for (const day of days) {
    const tweets = (readLines(landing, "twitter", day) as readonly Tweet[]).filter(
      ({ created_at }) => getNewYorkDay(Date.parse(created_at)) === day,
    )
    const quotes = (readLines(landing, "stocks", day) as readonly Quote[]).filter(
      ({ timestamp }) => getNewYorkDay(timestamp) === day,
    )
    const dayRows = {
      "stwitter_staging.tweets": computeTweets(tweets),
      "stwitter_staging.users": computeAuthors(tweets),
      "stwitter_staging.tickers": computeTickers(quotes),
      "stwitter.tweets": computeTickerTweets(tweets, followedTickers, sentiments),
      "stwitter.tweets_sentiments_minute_sum": computeMinuteSums(
        tweets,
        followedTickers,
        sentiments,
      ),
      "stwitter.tickers_minute_avg": computeMinutePrices(quotes, followedTickers),
    }
    for (const [table, values] of Object.entries(dayRows))
      rows[table]?.push(...values.map((row) => [day, ...row]))
  }
  return Object.fromEntries(
    Object.entries(rows).map(([table, values]) => [table, sortRows(values)]),
  )
}

/** Reads the published sentiments by tweet. */
function readSentiments(project: TestProject): Promise<ReadonlyMap<string, string>> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<{ tweet_id: string; sentiment: string }>(
      "select tweet_id, sentiment from stwitter_staging.sentiments",
    )
    return new Map(rows.map(({ tweet_id, sentiment }) => [tweet_id, sentiment]))
  })
}

/** Expects that each published figure equals a computation in plain TypeScript over the landed files of these days. */
export async function expectTables(project: TestProject, days: readonly string[]): Promise<Rows> {
  const [published, sentiments] = [await readTables(project), await readSentiments(project)]
  const computed = computeTables(project, days, sentiments)
  for (const table of Object.keys(tables)) expect(published[table]).toEqual(computed[table])
  expect([...sentiments.keys()].toSorted()).toEqual(
    (published["stwitter_staging.tweets"] ?? [])
      .map((row) => String((JSON.parse(row) as readonly unknown[])[1])) // the column tweet_id
      .toSorted(),
  )
  return published
}

/** Reads the JSON lines of a day. Ids beyond the whole numbers of JavaScript stay texts. */
function readLines(landing: string, folder: string, day: string): readonly unknown[] {
  const path = join(landing, folder, day.replaceAll("-", "/"))
  return readdirIfExists(path)
    .flatMap((name) => readFileSync(join(path, name), "utf8").trim().split("\n"))
    .map((line): unknown => JSON.parse(line.replace(/^\{"id":(\d{16,})/, '{"id":"$1"')))
}

function readdirIfExists(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function sortRows(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row.map(toPlainValue))).toSorted()
}

function toPlainValue(value: unknown): unknown {
  return value instanceof Date ? value.toISOString().replace(".000Z", "Z") : value
}
