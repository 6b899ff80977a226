import { createRandom } from "@freshet/core/engine"

import { demoTickers } from "./market-day.ts"
import { drawText, drawTone } from "./tweet-text.ts"

/** Generates tweets with the sentiment that a person gave them, as CSV with semicolons. One in four has none. */
export function* generateLabelledTweets(seed: number, count: number): Iterable<string> {
  const random = createRandom(seed, "labelled tweets")
  yield "id;created_at;text;sentiment"
  for (let id = 1; id <= count; id += 1) {
    const ticker = demoTickers[random.below(demoTickers.length)]?.id ?? ""
    const tone = drawTone(random, [4, 3, 3])
    const text = drawText(random, tone, [ticker])
    const time = new Date(1_577_836_800_000 + id * 3_600_000).toISOString()
    const label = random.below(4) === 0 ? "" : tone
    yield `${id};${time.slice(0, 10)} ${time.slice(11, 19)}+00:00;"${text}";${label}`
  }
}
