import { pageQuery, sql, type Sql } from "@freshet/core"

const options = { asset: "tweets_sentiments_minute_sum", tables: "published" } as const

/** A length of bars: the SQL for the start of the bar that a row belongs to, and for the end of a bar. */
interface BarLength {
  readonly start: Sql<never>
  readonly end: Sql<never>
}

/** The length of bars unless requested. */
const hour: BarLength = {
  start: sql`date_trunc('hour', minute)`,
  end: sql`starts_at + interval '1 hour'`,
}

const barLengths: Readonly<Record<string, BarLength>> = {
  minute: { start: sql`minute`, end: sql`starts_at + interval '1 minute'` },
  five_minutes: {
    start: sql`date_bin('5 minutes', minute, timestamptz '2000-01-01T00:00:00Z')`,
    end: sql`starts_at + interval '5 minutes'`,
  },
  hour,
  day: {
    start: sql`day::timestamp at time zone 'America/New_York'`,
    end: sql`((starts_at at time zone 'America/New_York') + interval '1 day') at time zone 'America/New_York'`,
  },
}

const stockTickers = pageQuery({
  ...options,
  name: "stock_tickers",
  description: "The followed tickers with their names, and the first and last day with tweets.",
  query: () => sql`
    select ticker_id, full_name, min(day) as first_day, max(day) as last_day
    from stwitter_staging.tickers_info
    left join stwitter.tweets_sentiments_minute_sum using (ticker_id)
    group by ticker_id, full_name
    order by ticker_id`,
})

/** The request of a range: days of New York, and the instants to which it is zoomed. */
interface RangeRequest {
  readonly ticker: string | null
  readonly first_day: string | null
  readonly last_day: string | null
  readonly zoom_start: string | null
  readonly zoom_end: string | null
}

/** Builds the condition that a row is of the ticker and in the range; an end that is not given does not limit it. */
function isInRange({ ticker, first_day, last_day, zoom_start, zoom_end }: RangeRequest) {
  return sql`ticker_id = ${ticker}
      and day between coalesce(${first_day}::date, '-infinity') and coalesce(${last_day}::date, 'infinity')
      and minute >= coalesce(${zoom_start}::timestamptz, '-infinity')
      and minute < coalesce(${zoom_end}::timestamptz, 'infinity')`
}

const stockBars = pageQuery({
  ...options,
  name: "stock_bars",
  description:
    "The tweets about a ticker by sentiment and its average price in each minute, five minutes, hour or day of New York, in the order of time.",
  parameters: ["ticker", "first_day", "last_day", "zoom_start", "zoom_end", "bar"],
  query: ({ bar, ...range }) => {
    const { start, end } = barLengths[bar ?? ""] ?? hour
    return sql`
      with sums as (
        select ${start} as starts_at, sum(positive_count)::integer as positive,
          sum(neutral_count)::integer as neutral, sum(negative_count)::integer as negative
        from stwitter.tweets_sentiments_minute_sum
        where ${isInRange(range)}
        group by starts_at
      ), prices as (
        select ${start} as starts_at, round(sum(price * quotes) / sum(quotes), 6) as price
        from stwitter.tickers_minute_avg
        where ${isInRange(range)}
        group by starts_at
      )
      select starts_at, ${end} as ends_at, coalesce(positive, 0) as positive,
        coalesce(neutral, 0) as neutral, coalesce(negative, 0) as negative, price::double precision as price
      from sums full join prices using (starts_at)
      order by starts_at`
  },
})

const stockTweetsOfBar = pageQuery({
  ...options,
  name: "stock_tweets",
  description: "The first tweets about a ticker between two instants, in the order of time.",
  parameters: ["ticker", "start", "end", "limit"],
  query: ({ ticker, start, end, limit }) => sql`
    select tweet_id, tweeted_at, user_name, text, sentiment
    from stwitter.tweets
    where ${ticker} = any(ticker_ids) and tweeted_at >= ${start}::timestamptz
      and tweeted_at < ${end}::timestamptz
    order by tweeted_at, tweet_id
    limit ${limit}::bigint`,
})

/** The queries of the page Stocks. */
export const stockTweetsPageQueries = [stockTickers, stockBars, stockTweetsOfBar]
