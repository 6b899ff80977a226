import { float64, int64, sql, sqlAsset, text, timestamp } from "@freshet/core"

import { dailyOptions } from "./asset-options.ts"
import { toInstant } from "./event-time.ts"
import { quoteMessages } from "./sources.ts"
import { timesInPartition } from "./times-in-partition.ts"

export const tickers = sqlAsset({
  ...dailyOptions,
  name: "tickers",
  description: "Quotes of the day, without messages that repeat another one.",
  columns: {
    ticker_id: text("The ticker."),
    created_at: timestamp("Time of the quote."),
    price: float64("Price.", { unit: "dollars" }),
    change_percent: float64("Change since the last close.", { unit: "percent" }),
    day_volume: int64("Shares traded on the day until then.", { unit: "shares" }),
    change: float64("Change since the last close.", { unit: "dollars" }),
  },
  query: sql`
    select distinct ticker_id, ${toInstant(sql`timestamp`)} as created_at, price, change_percent,
      day_volume, change
    from ${quoteMessages}`,
  checks: [timesInPartition("ticker_id")],
})
