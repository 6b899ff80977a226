import type { AnyAsset } from "@freshet/core"

import { labelledTweets } from "./labelled-tweets.ts"
import { sentimentModel } from "./sentiment-model.ts"
import { sentiments } from "./sentiments.ts"
import { defaultStockTweetsSettings, type StockTweetsSettings } from "./settings.ts"
import { quoteMessages, tweetMessages } from "./sources.ts"
import { tickersInfo } from "./tickers-info.ts"
import { tickers } from "./tickers.ts"
import { authors, tweets } from "./tweets.ts"

/** Assets of tweets on shares with their sentiments, of their authors and of the quotes of the shares, by days of New York. */
export function stockTweets(settings: Partial<StockTweetsSettings> = {}): readonly AnyAsset[] {
  const fullSettings = { ...defaultStockTweetsSettings, ...settings }
  return [
    tweetMessages,
    quoteMessages,
    labelledTweets,
    tweets,
    authors,
    tickers,
    sentimentModel,
    sentiments,
    tickersInfo(fullSettings),
  ]
}
