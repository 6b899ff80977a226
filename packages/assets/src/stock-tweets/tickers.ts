import {
  float64,
  int32,
  int64,
  publishTo,
  sql,
  sqlAsset,
  text,
  timestamp,
  unique,
} from "@freshet/core"

import { dailyOptions, publishedQuotes } from "./asset-options.ts"
import { toInstant } from "./event-time.ts"
import { quoteMessages } from "./sources.ts"
import { stagingTickers } from "./tables.ts"
import { timesInPartition } from "./times-in-partition.ts"

export const tickers = sqlAsset({
  ...dailyOptions,
  name: "tickers",
  description: "Quotes of the day, without messages that repeat another one.",
  columns: {
    ticker_id: text("The ticker."),
    quoted_at: timestamp("Time of the quote."),
    number: int32("Number of the quote among those of the ticker at this time, by volume."),
    price: float64("Price.", { unit: "dollars" }),
    change_percent: float64("Change since the last close.", { unit: "percent" }),
    day_volume: int64("Shares traded on the day until then.", { unit: "shares" }),
    change: float64("Change since the last close.", { unit: "dollars" }),
  },
  query: sql`
    with quotes as (
      select distinct ticker_id, ${toInstant(sql`timestamp`)} as quoted_at, price, change_percent,
        day_volume, change
      from ${quoteMessages}
    )
    select ticker_id, quoted_at,
      (row_number() over (
        partition by ticker_id, quoted_at order by day_volume, price, change_percent, change
      ))::integer as number,
      price, change_percent, day_volume, change
    from quotes`,
  checks: [unique("ticker_id", "quoted_at", "number"), timesInPartition("ticker_id", "quoted_at")],
  publish: publishTo(stagingTickers, publishedQuotes),
})
