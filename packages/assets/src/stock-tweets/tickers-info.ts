import { itself, joinSql, noRows, publishTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { publicationSet, unpartitionedOptions } from "./asset-options.ts"
import type { StockTweetsSettings } from "./settings.ts"
import { tickersInfo as tickersInfoTable } from "./tables.ts"

export function tickersInfo({ tickers }: StockTweetsSettings) {
  const rows = Object.entries(tickers).map(([ticker, name]) => sql`(${ticker}, ${name})`)
  return sqlAsset({
    ...unpartitionedOptions,
    name: "tickers_info",
    description: "Tickers that are followed, as they are set in the configuration.",
    columns: columnsFromTable(tickersInfoTable, {
      ticker_id: "The ticker.",
      full_name: "Name of the share.",
    }),
    query: sql`
      select ticker_id, full_name from (values ${joinSql(rows, ", ")}) as tickers(ticker_id, full_name)`,
    checks: [
      unique("ticker_id"),
      noRows("ticker_in_upper_case", {
        description: "every ticker is in upper case, as in tweets",
        query: sql`select ticker_id from ${itself} where ticker_id <> upper(ticker_id)`,
      }),
    ],
    publish: publishTo(tickersInfoTable, publicationSet),
  })
}
