import { joinSql, type Sql, sql } from "@freshet/core"

/** Settings of stock tweets. Each value is part of the code version of the assets that use it. */
export interface StockTweetsSettings {
  /** The full names of the followed tickers, by ticker in upper case. */
  readonly tickers: Readonly<Record<string, string>>
}

export const defaultStockTweetsSettings: StockTweetsSettings = {
  tickers: { AAPL: "Apple Inc.", AMZN: "Amazon.com, Inc.", GOOG: "Alphabet Inc. Class C" },
}

/** Lists the followed tickers. */
export function listFollowed({ tickers }: StockTweetsSettings): Sql<never> {
  const ids = Object.keys(tickers).map((ticker) => sql`${ticker}`)
  return sql`[${joinSql(ids, ", ")}]::varchar[]`
}
