import type { ServedProject } from "../served-project.ts"

const days = ["2026-01-05", "2026-01-06"] as const

/** Texts of tweets, each with the words of labelled ones. */
const texts = {
  positive: "strong growth, buy the rally 🚀",
  neutral: "earnings call on Monday",
  negative: "weak guidance, sell before the crash 📉",
} as const

const sentiments = Object.keys(texts) as (keyof typeof texts)[]
const tickers = ["AAPL", "GOOG", "AMZN", "GOOGL"]

/** Minutes after 14:00 UTC of the tweets of a day: several in one minute, then in other minutes and hours. */
const minutes = [0, 0, 0, 1, 3, 7, 7, 12, 59, 60, 61, 61, 95, 130, 131, 260, 420, 421, 425, 520]

/** Lands labelled tweets, and tweets and quotes of two days in winter. */
export function landStockTweets(land: ServedProject["land"]): void {
  land("sentiment/labelled_tweets.csv", formatLabelledTweets())
  for (const [at, day] of days.entries()) {
    const folder = day.replaceAll("-", "/")
    const tweets = minutes.map((minute, number) => createTweet(day, minute, 100 * at + number))
    land(`twitter/${folder}/tweets.json`, toLines(tweets))
    const quotes = minutes.flatMap((minute, number) =>
      tickers.map((ticker, rank) =>
        createQuote(day, minute, { ticker, price: 100 * (rank + 1) + number / 7 }),
      ),
    )
    land(`stocks/${folder}/quotes.json`, toLines(quotes))
  }
}

function formatLabelledTweets(): string {
  const lines = sentiments.flatMap((sentiment, label) =>
    Array.from(
      { length: 12 },
      (_, at) =>
        `${100 * label + at};2020-04-09 00:00:00+00:00;"${texts[sentiment]}";${sentiment}\r\n`,
    ),
  )
  return `id;created_at;text;sentiment\r\n${lines.join("")}`
}

function createTweet(day: string, minute: number, number: number) {
  const sentiment = sentiments[number % 3] ?? "neutral"
  const symbols = [tickers[number % 4], ...(number % 5 === 0 ? ["AAPL"] : [])]
  return {
    id: number + 1,
    created_at: formatTwitterTime(findInstant(day, minute) + (number % 60) * 1000),
    source: "web",
    retweet_count: 0,
    favorite_count: 0,
    text: `<b>${number}</b> ${texts[sentiment]}`,
    entities: { symbols: symbols.map((text) => ({ text })) },
    user: {
      id: (number % 6) + 1,
      name: `Author ${(number % 6) + 1}`,
      created_at: "Thu Apr 01 12:00:00 +0000 2010",
      location: null,
      description: null,
      followers_count: 1,
      statuses_count: 1,
      verified: false,
    },
  }
}

function createQuote(
  day: string,
  minute: number,
  { ticker, price }: { readonly ticker: string; readonly price: number },
) {
  const timestamp = findInstant(day, minute) + 500
  return { id: ticker, price, timestamp, changePercent: 0, dayVolume: 1, change: 0 }
}

function findInstant(day: string, minute: number): number {
  return Date.parse(`${day}T14:00:00Z`) + minute * 60_000
}

/** Formats an instant as Twitter does: `Mon Jan 05 14:00:00 +0000 2026`. */
function formatTwitterTime(instantMs: number): string {
  const [weekday = "", day = "", month = "", year = "", time = ""] = new Date(instantMs)
    .toUTCString()
    .replace(",", "")
    .split(" ")
  return `${weekday} ${month} ${day} ${time} +0000 ${year}`
}

function toLines(messages: readonly unknown[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join("")
}
