import type { AnyAsset } from "@freshet/core"

import { quoteMessages, tweetMessages } from "./sources.ts"
import { tickers } from "./tickers.ts"
import { authors, tweets } from "./tweets.ts"

/** Assets of tweets on shares, of their authors and of the quotes of the shares, by days of New York. */
export function stockTweets(): readonly AnyAsset[] {
  return [tweetMessages, quoteMessages, tweets, authors, tickers]
}
