import type { AnyAsset } from "@freshet/core"

import { labelledTweets } from "./labelled-tweets.ts"
import { tickersMinuteAvg, tweetsSentimentsMinuteSum } from "./minutes.ts"
import { sentimentModel } from "./sentiment-model.ts"
import { sentiments } from "./sentiments.ts"
import { defaultStockTweetsSettings, type StockTweetsSettings } from "./settings.ts"
import { quoteMessages, tweetMessages } from "./sources.ts"
import { tickerTweets } from "./ticker-tweets.ts"
import { tickersInfo } from "./tickers-info.ts"
import { tickers } from "./tickers.ts"
import { authors, tweets } from "./tweets.ts"

/** Assets of tweets on shares with their sentiments, and of the quotes of the shares, by days of New York and by minutes. */
export function stockTweets(settings: Partial<StockTweetsSettings> = {}): readonly AnyAsset[] {
  const fullSettings = { ...defaultStockTweetsSettings, ...settings }
  const followedTweets = tickerTweets(fullSettings)
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
    followedTweets,
    tweetsSentimentsMinuteSum(followedTweets),
    tickersMinuteAvg(fullSettings),
  ]
}
