import { formatCount } from "@freshet/core/engine"

import { Section } from "../../ui/layout.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { formatDay, formatSeconds } from "./new-york-time.ts"
import { countTweets, formatPrice, formatRange, type StockBar } from "./stock-bars.ts"
import { type BarTweet, shownTweets, useTweets } from "./use-stocks.ts"

import classes from "./stocks.module.css"

interface BarTweetsProps {
  readonly ticker: string
  readonly bar: StockBar
}

/** Shows the figures of a bar and its tweets. */
export function BarTweets({ ticker, bar }: BarTweetsProps) {
  const tweets = useTweets(ticker, bar)
  const count = countTweets(bar)
  return (
    <Section title={`Tweets of ${formatRange(bar)}`} detail={formatCount(count)}>
      <p className={classes["figures"]} data-testid="figures">
        {formatFigures(ticker, bar)}
      </p>
      {tweets === undefined ? null : <TweetTable tweets={tweets} />}
      {count > shownTweets ? (
        <p className="quiet">The first {shownTweets} tweets. A shorter bar shows the others.</p>
      ) : null}
    </Section>
  )
}

/** Formats the figures of a bar: `3 positive, 1 neutral, 2 negative · AAPL $170.25`. */
function formatFigures(ticker: string, { positive, neutral, negative, price }: StockBar): string {
  const counts = [
    `${formatCount(positive)} positive`,
    `${formatCount(neutral)} neutral`,
    `${formatCount(negative)} negative`,
  ]
  return `${counts.join(", ")} · ${ticker} ${formatPrice(price)}`
}

const columns: readonly Column<BarTweet>[] = [
  {
    head: "Time",
    className: "nowrap",
    tone: "quiet",
    cell: ({ tweetedMs }) => (
      <time dateTime={new Date(tweetedMs).toISOString()} title={formatDay(tweetedMs)}>
        {formatSeconds(tweetedMs)}
      </time>
    ),
  },
  {
    head: "Sentiment",
    className: "nowrap",
    cell: ({ sentiment }) => (
      <span className={classes["sentiment"]} data-sentiment={sentiment}>
        {sentiment}
      </span>
    ),
  },
  { head: "Author", className: "nowrap not-narrow", cell: ({ userName }) => userName },
  { head: "Tweet", cell: ({ text }) => text },
]

function TweetTable({ tweets }: { readonly tweets: readonly BarTweet[] }) {
  if (tweets.length === 0) return <p className="quiet">No tweet names the ticker in this time.</p>
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Tweets">
      <Table columns={columns} rows={tweets} getKey={({ id }) => id} />
    </div>
  )
}
