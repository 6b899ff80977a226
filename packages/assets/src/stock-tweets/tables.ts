import { eq, sql, type SQL } from "drizzle-orm"
import {
  type AnyPgColumn,
  bigint,
  boolean,
  date,
  doublePrecision,
  index,
  integer,
} from "drizzle-orm/pg-core"
import { numeric, pgSchema, primaryKey, text, timestamp } from "drizzle-orm/pg-core"

/** The Postgres schema of tweets, authors, quotes and sentiments. */
export const stagingSchema = pgSchema("stwitter_staging")

/** The Postgres schema of the tables by ticker and minute. */
export const stwitterSchema = pgSchema("stwitter")

const timestamps = {
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
}

/** The day of New York: the partition of a row. */
const day = () => date({ mode: "date" }).notNull()
const id = () => bigint({ mode: "bigint" }).notNull()
const tickerIds = () => text().array().$type<readonly string[]>().notNull()
const instant = () => timestamp({ withTimezone: true }).notNull()

/** The tweets that name a ticker. */
export const stagingTweets = stagingSchema.table(
  "tweets",
  {
    day: day(),
    tweet_id: id(),
    user_id: id(),
    tweeted_at: instant(),
    source: text(),
    retweet_count: integer().notNull(),
    favorite_count: integer().notNull(),
    text: text().notNull(),
    ticker_ids: tickerIds(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.day, table.tweet_id] })],
)

/** The authors of each day's tweets, as in their newest tweet of the day. */
export const stagingUsers = stagingSchema.table(
  "users",
  {
    day: day(),
    user_id: id(),
    tweeted_at: instant(),
    name: text().notNull(),
    joined_at: instant(),
    location: text(),
    description: text(),
    followers_count: integer().notNull(),
    statuses_count: integer().notNull(),
    is_verified: boolean().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.day, table.user_id] })],
)

/** The quotes of tickers. Quotes of a ticker at the same time are numbered. */
export const stagingTickers = stagingSchema.table(
  "tickers",
  {
    day: day(),
    ticker_id: text().notNull(),
    quoted_at: instant(),
    number: integer().notNull(),
    price: doublePrecision().notNull(),
    change_percent: doublePrecision().notNull(),
    day_volume: id(),
    change: doublePrecision().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.ticker_id, table.quoted_at, table.number] })],
)

/** The sentiments of tweets, with the probability of each. */
export const stagingSentiments = stagingSchema.table(
  "sentiments",
  {
    day: day(),
    tweet_id: id(),
    sentiment: text().notNull(),
    positive: doublePrecision().notNull(),
    neutral: doublePrecision().notNull(),
    negative: doublePrecision().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.day, table.tweet_id] })],
)

/** The tickers that are followed, with the tweets of the newest day. */
export const tickersInfo = stagingSchema.table("tickers_info", {
  ticker_id: text().primaryKey(),
  full_name: text().notNull(),
  tweets: integer().notNull(),
  ...timestamps,
})

/** The tweets that name followed tickers, with their sentiments. */
export const tweets = stwitterSchema.table(
  "tweets",
  {
    day: day(),
    tweet_id: id(),
    tweeted_at: instant(),
    ticker_ids: tickerIds(),
    user_id: id(),
    user_name: text().notNull(),
    text: text().notNull(),
    sentiment: text().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.day, table.tweet_id] }), index().on(table.tweeted_at)],
)

/** The tweets about each ticker in each minute, by sentiment. */
export const tweetsSentimentsMinuteSum = stwitterSchema.table(
  "tweets_sentiments_minute_sum",
  {
    day: day(),
    ticker_id: text().notNull(),
    minute: instant(),
    positive_count: integer().notNull(),
    negative_count: integer().notNull(),
    neutral_count: integer().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.ticker_id, table.minute] })],
)

/** The average price of each ticker in each minute. */
export const tickersMinuteAvg = stwitterSchema.table(
  "tickers_minute_avg",
  {
    day: day(),
    ticker_id: text().notNull(),
    minute: instant(),
    price: numeric({ precision: 18, scale: 6 }).notNull(),
    quotes: integer().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.ticker_id, table.minute] })],
)

/** The local time of New York. */
const toLocal = (column: SQL | AnyPgColumn) => sql`${column} at time zone 'America/New_York'`

/** The view of the tweets about a ticker. */
function tweetsView(ticker: string) {
  return stwitterSchema.view(`tweets_${ticker.toLowerCase()}`).as((query) =>
    query
      .select({
        tweet_created_at: toLocal(tweets.tweeted_at).as("tweet_created_at"),
        tweet_id: tweets.tweet_id,
        user_name: tweets.user_name,
        tweet_text: sql`${tweets.text}`.as("tweet_text"),
        sentiment: tweets.sentiment,
      })
      .from(tweets)
      .where(sql`${sql.raw(`'${ticker}'`)} = any(${tweets.ticker_ids})`),
  )
}

/** The view of the sums of a ticker. */
function sumsView(ticker: string) {
  const { minute, positive_count, negative_count, neutral_count } = tweetsSentimentsMinuteSum
  return stwitterSchema.view(`tweets_${ticker.toLowerCase()}_sentiments_minute_sum`).as((query) =>
    query
      .select({
        tweets_minute_freq: toLocal(minute).as("tweets_minute_freq"),
        positive_count,
        negative_count,
        neutral_count,
      })
      .from(tweetsSentimentsMinuteSum)
      .where(eq(tweetsSentimentsMinuteSum.ticker_id, sql.raw(`'${ticker}'`))),
  )
}

/** The view of the prices of a ticker. */
function pricesView(ticker: string) {
  const { minute, price } = tickersMinuteAvg
  return stwitterSchema.view(`tickers_${ticker.toLowerCase()}_minute_avg`).as((query) =>
    query
      .select({ ticker_minute_freq: toLocal(minute).as("ticker_minute_freq"), price })
      .from(tickersMinuteAvg)
      .where(eq(tickersMinuteAvg.ticker_id, sql.raw(`'${ticker}'`))),
  )
}

export const tweetsAapl = tweetsView("AAPL")
export const tweetsGoog = tweetsView("GOOG")
export const tweetsAmzn = tweetsView("AMZN")
export const tweetsAaplSentimentsMinuteSum = sumsView("AAPL")
export const tweetsGoogSentimentsMinuteSum = sumsView("GOOG")
export const tweetsAmznSentimentsMinuteSum = sumsView("AMZN")
export const tickersAaplMinuteAvg = pricesView("AAPL")
export const tickersGoogMinuteAvg = pricesView("GOOG")
export const tickersAmznMinuteAvg = pricesView("AMZN")
