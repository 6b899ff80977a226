/** Settings of stock tweets. They are part of the code version of `tickers_info`. */
export interface StockTweetsSettings {
  /** The full names of the followed tickers, by ticker in upper case. */
  readonly tickers: Readonly<Record<string, string>>
}

export const defaultStockTweetsSettings: StockTweetsSettings = {
  tickers: { AAPL: "Apple Inc.", AMZN: "Amazon.com, Inc.", GOOG: "Alphabet Inc. Class C" },
}
