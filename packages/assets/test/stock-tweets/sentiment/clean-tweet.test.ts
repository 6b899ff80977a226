import { expect, test } from "vitest"

import { cleanTweet } from "../../../src/stock-tweets/sentiment/clean-tweet.ts"
import { loadEmojiNames } from "../../../src/stock-tweets/sentiment/emoji-names.ts"

const cases = [
  ["$AAPL and $goog.a up 3.5% to $200!", "and up to"],
  ["RT @Trader_1: see https://t.co/x?y=1 #Stocks", "trader_ see stocks"],
  ["WIRT no RT inside", "wirt no not_rt not_inside"],
  ["R&amp;D &gt; 5 &lt; 6", "r d"],
  ["to the moon 🚀🚀 📈", "to the moon rocket rocket chart_increasing"],
  ["ok 👍🏽 ❤️ 🇺🇸 👩‍💻", "ok thumbs_up red_heart flag_united_states woman_technologist"],
  ["It's over—don’t buy now, it is so bad", "it s over do not not_buy not_now not_it is so bad"],
  ["no cash, never a dip", "no not_cash never not_a not_dip"],
  ["ÜBER größer 5️⃣", "über größer keycap_"],
  ["$TSLA 123", ""],
] as const

test.each(cases)("%j is cleaned to %j", async (text, cleaned) => {
  expect(cleanTweet(text, await loadEmojiNames())).toBe(cleaned)
})
