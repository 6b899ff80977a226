import { expect, test } from "vitest"

import { withEngine } from "../stocktwits/with-engine.ts"
import { computeDay, landFiles } from "./compute-day.ts"

const quote = { id: "GOOG", price: 1, changePercent: 0, dayVolume: 0, change: 0 }

const tweet = {
  id: 1,
  created_at: "2026-07-01",
  text: "$GOOG",
  retweet_count: 0,
  favorite_count: 0,
  entities: { symbols: [{ text: "GOOG" }] },
  user: {
    id: 1,
    name: "A",
    created_at: "Thu Apr 01 12:00:00 +0000 2010",
    followers_count: 0,
    statuses_count: 0,
    verified: false,
  },
}

test("a quote whose time is of no day, one without a possible price, and a line that is no JSON are quarantined", async () => {
  await withEngine({}, async (fixture) => {
    const lines = [
      JSON.stringify({ ...quote, timestamp: Date.parse("2026-07-01T16:00:00Z") }),
      JSON.stringify({ ...quote, timestamp: -1 }),
      JSON.stringify({ ...quote, timestamp: Number.MAX_SAFE_INTEGER }),
      JSON.stringify({ ...quote, timestamp: Date.parse("2026-07-01T16:00:00Z"), price: 1e9 + 1 }),
      "no JSON",
    ]
    landFiles(fixture.landing, "stocks/2026/07/01", [lines.join("\n")])
    const { rows, quarantined } = await computeDay(fixture, "tickers", "2026-07-01")
    expect(rows).toEqual(['["GOOG","2026-07-01T16:00:00Z",1,1,0,"0",0]'])
    expect(Object.fromEntries(quarantined)).toEqual({
      malformed_json: 1,
      price_out_of_range: 1,
      wrong_type: 2,
    })
  })
})

test("a tweet whose time is not in the format of Twitter is quarantined", async () => {
  await withEngine({}, async (fixture) => {
    landFiles(fixture.landing, "twitter/2026/07/01", [JSON.stringify(tweet)])
    const { rows, quarantined } = await computeDay(fixture, "tweets", "2026-07-01")
    expect(rows).toEqual([])
    expect(Object.fromEntries(quarantined)).toEqual({ wrong_type: 1 })
  })
})
