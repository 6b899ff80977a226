import { writeReputation } from "./reputation/write-reputation.ts"
import { getTweetsPath, writeStockTweets } from "./stock-tweets/write-stock-tweets.ts"

/** Generators of further groups of assets by name. */
export const groups = {
  reputation: {
    getLastFile: (until: string) => `reputation/messages/${until}.json`,
    write: writeReputation,
    nextSteps: [
      "  ./freshet data head recommendations --demo             # reputable people to follow",
      "  ./freshet show reputation_model --demo                 # a text model is an asset as any other",
    ],
  },
  stock_tweets: {
    folders: ["twitter", "stocks", "sentiment"],
    getLastFile: getTweetsPath,
    write: writeStockTweets,
    nextSteps: [
      "  ./freshet data head tweets_sentiments_minute_sum --demo  # sentiments by ticker and minute",
    ],
  },
}
