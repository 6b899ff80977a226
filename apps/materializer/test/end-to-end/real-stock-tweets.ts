import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

import { getNewYorkDay } from "@freshet/assets/testing"

import type { TestProject } from "./test-project.ts"

const workspace = fileURLToPath(new URL("../../../../", import.meta.url))
const folder = resolve(workspace, process.env["FRESHET_REAL_DATA"] ?? "../shared/data")
const labelledTweets = join(folder, "stock-tweets-sentiment/tweets_labelled.csv")

/** True if the real tweets and quotes, which are not part of the workspace, are on this machine. */
export const hasRealTweets = existsSync(labelledTweets)

/** The end of the title of a test that needs them. */
export const realTweetsNote = hasRealTweets ? "" : " (skipped: no real data on this machine)"

/**
 * Lands the real tweets of the first days, and the week of real quotes, which is of another year, on the same days.
 * Returns these days of New York.
 */
export function landRealTweets({ landing }: TestProject, count: number): readonly string[] {
  const tweets = groupByDay(readRealTweets())
  const days = [...tweets.keys()].toSorted().slice(0, count)
  for (const day of days) {
    const lines = (tweets.get(day) ?? []).map(toTweetLine)
    writeLines(join(landing, "twitter", day.replaceAll("-", "/"), "tweets.json"), lines)
  }
  for (const [at, lines] of readRealQuotes().entries()) {
    const day = days[at]
    if (day === undefined) break
    const shiftMs = Date.parse(day) - Date.parse(firstQuotedDay) - at * dayMs
    const quotes = lines.map((quote) => toQuoteLine(quote, shiftMs))
    writeLines(join(landing, "stocks", day.replaceAll("-", "/"), "quotes.json"), quotes)
  }
  const labelled = join(landing, "sentiment/labelled_tweets.csv")
  mkdirSync(dirname(labelled), { recursive: true })
  writeFileSync(labelled, readFileSync(labelledTweets))
  return days
}

const dayMs = 86_400_000
const firstQuotedDay = "2019-02-11"

interface RealTweet {
  readonly id: number
  readonly atMs: number
  readonly text: string
}

/** Reads records with semicolons whose texts may be quoted and have line breaks. */
function readRealTweets(): readonly RealTweet[] {
  const record = /(\d+);([^;]*);("(?:[^"]|"")*"|[^;\n]*);\w*(?:\n|$)/g
  const content = readFileSync(labelledTweets, "utf8").replaceAll("\r\n", "\n")
  const tweets = [...content.matchAll(record)].map(([, id, time, text = ""]) => ({
    id: Number(id),
    atMs: Date.parse(String(time).replace(" ", "T")),
    text: text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text,
  }))
  if (tweets.length !== 5000) throw new Error(`5,000 tweets are expected, not ${tweets.length}`)
  return tweets
}

function toTweetLine({ id, atMs, text }: RealTweet): string {
  const author = id % 97
  return JSON.stringify({
    id,
    created_at: formatTwitterTime(atMs),
    text,
    source: '<a href="https://example.com">Example</a>',
    retweet_count: 0,
    favorite_count: 0,
    entities: {
      symbols: [...text.matchAll(/\$([A-Za-z]{1,6})\b/g)].map(([, symbol]) => ({ text: symbol })),
    },
    user: {
      id: author,
      name: `Author ${id}`,
      created_at: "Thu Apr 01 12:00:00 +0000 2010",
      location: null,
      description: null,
      followers_count: id,
      statuses_count: 1,
      verified: false,
    },
  })
}

/** Formats an instant as Twitter does: `Sun Mar 08 05:00:00 +0000 2026`. */
function formatTwitterTime(instantMs: number): string {
  const [weekday = "", day = "", month = "", year = "", time = ""] = new Date(instantMs)
    .toUTCString()
    .replace(",", "")
    .split(" ")
  return `${weekday} ${month} ${day} ${time} +0000 ${year}`
}

interface RealQuote {
  readonly id: string
  readonly atMs: number
  readonly price: number
  readonly volume: number
}

/** Reads the quotes of the five days. Their times are those of New York in winter. */
function readRealQuotes(): readonly (readonly RealQuote[])[] {
  const quotes = ["AAPL", "AMZN", "SPY", "TSLA"].flatMap((id) => {
    const [, ...lines] = readFileSync(join(folder, `ticker-minute/${id}_1min.csv`), "utf8")
      .trim()
      .split("\n")
    return lines.map((line): RealQuote => {
      const [time = "", , , , close, volume] = line.split(",")
      const atMs = Date.parse(`${time.replace(" ", "T")}-05:00`)
      return { id, atMs, price: Number(close), volume: Number(volume) }
    })
  })
  const days = [...groupByDay(quotes)].toSorted(([day], [other]) => (day < other ? -1 : 1))
  return days.map(([, dayQuotes]) => dayQuotes)
}

function groupByDay<T extends { readonly atMs: number }>(
  values: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const days = new Map<string, T[]>()
  for (const value of values) {
    const day = getNewYorkDay(value.atMs)
    days.set(day, [...(days.get(day) ?? []), value])
  }
  return days
}

/** Formats a quote on another day. Its hour may be another one, as summer has begun. */
function toQuoteLine({ id, atMs, price, volume }: RealQuote, shiftMs: number): string {
  return JSON.stringify({
    id,
    price,
    timestamp: atMs + shiftMs,
    changePercent: 0.25,
    dayVolume: volume,
    change: 0.1,
  })
}

function writeLines(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""))
}
