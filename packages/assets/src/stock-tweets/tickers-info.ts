import { itself, joinSql, noRows, publishTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { dailyOptions } from "./asset-options.ts"
import type { StockTweetsSettings } from "./settings.ts"
import { tickersInfo as tickersInfoTable } from "./tables.ts"
import { tweets } from "./tweets.ts"

export function tickersInfo({ tickers }: StockTweetsSettings) {
  const rows = Object.entries(tickers).map(([ticker, name]) => sql`(${ticker}, ${name})`)
  return sqlAsset({
    ...dailyOptions,
    name: "tickers_info",
    description:
      "Tickers that are followed, as they are set in the configuration, with the number of the day's tweets about them.",
    columns: columnsFromTable(tickersInfoTable, {
      ticker_id: "The ticker.",
      full_name: "Name of the share.",
      tweets: ["Tweets of the day that name it.", "tweets"],
    }),
    query: sql`
      with followed(ticker_id, full_name) as (values ${joinSql(rows, ", ")}),
      counts as (
        select ticker_id, count(*) as tweets
        from (select unnest(ticker_ids) as ticker_id from ${tweets}) as named
        group by ticker_id
      )
      select ticker_id, full_name, coalesce(counts.tweets, 0)::integer as tweets
      from followed left join counts using (ticker_id)`,
    checks: [
      unique("ticker_id"),
      noRows("ticker_in_upper_case", {
        description: "every ticker is in upper case, as in tweets",
        query: sql`select ticker_id from ${itself} where ticker_id <> upper(ticker_id)`,
      }),
    ],
    publish: publishTo(tickersInfoTable, { set: "stock_tickers" }),
  })
}
