import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { testAsset } from "@freshet/io/asset-test"
import { describe, expect, test } from "vitest"

import { stockTweets } from "../../../src/index.ts"
import { findAsset } from "../../find-asset.ts"
import { materializeAll } from "../../movies/materialize-all.ts"
import { findRealFile } from "../../real-data.ts"
import { withEngine } from "../../stocktwits/with-engine.ts"

const assets = stockTweets()

const words = {
  positive: ["rally beats record 🚀", "strong growth, buy the dip"],
  neutral: ["earnings call on Monday", "report: chart of the week"],
  negative: ["crash, sell it all 📉", "not good, weak guidance"],
}

/** Labelled tweets whose sentiments show in their words, and one without a label. */
const labelled = [
  ...Object.entries(words).flatMap(([sentiment, texts], label) =>
    Array.from({ length: 20 }, (_, at) => ({
      tweet_id: 100 * label + at,
      text: `$T${at} ${texts[at % 2] ?? ""} n${"abcdefg"[at % 7] ?? ""}x`,
      sentiment,
    })),
  ),
  { tweet_id: 999, text: "crash rally", sentiment: null },
]

async function trainModel(tweets: readonly Readonly<Record<string, unknown>>[]) {
  return await testAsset(findAsset(assets, "sentiment_model"), { reads: { tweets } })
}

test("the model has its terms, its scores and the confusion matrix of the labelled tweets as rows", async () => {
  const rows = await trainModel(labelled)
  const select = (part: string) => rows.filter((row) => row["part"] === part)
  const names = select("term").map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(["not_good", "strong growth", "rocket"]))
  expect(names).not.toContain("crash rally")
  expect(select("score").map(({ name, value }) => [name, value])).toEqual([
    ["macro_f1", 1],
    ["micro_f1", 1],
  ])
  expect(
    select("confusion").map(({ name, positive, neutral, negative }) => [
      name,
      positive,
      neutral,
      negative,
    ]),
  ).toEqual([
    ["negative", 0, 0, 20],
    ["neutral", 0, 20, 0],
    ["positive", 20, 0, 0],
  ])
})

test("without labelled tweets of a sentiment no model is trained, and the error names the sentiment", async () => {
  const tweets = labelled.filter(({ sentiment }) => sentiment !== "neutral")
  await expect(trainModel(tweets)).rejects.toThrow("No labelled tweet is neutral")
})

test("each tweet has the most probable sentiment according to the model", async () => {
  const texts = ["buy, strong rally", "Earnings on Monday $GOOG", "not good: sell", "🚀", "42"]
  const model = await trainModel(labelled)
  const rows = await testAsset(findAsset(assets, "sentiments"), {
    partition: "2026-01-07",
    reads: {
      model,
      tweets: texts.map((text, at) => ({
        tweet_id: at + 1,
        user_id: 1,
        tweeted_at: "2026-01-07T12:00:00Z",
        source: null,
        retweet_count: 0,
        favorite_count: 0,
        text,
        ticker_ids: ["GOOG"],
      })),
    },
  })
  expect(rows.slice(0, 4).map(({ tweet_id, sentiment }) => [Number(tweet_id), sentiment])).toEqual([
    [1, "positive"],
    [2, "neutral"],
    [3, "negative"],
    [4, "positive"],
  ])
  const intercept = model.find(({ part }) => part === "intercept")
  const odds = Object.keys(words).map((sentiment) => Math.exp(Number(intercept?.[sentiment])))
  const sum = odds.reduce((total, value) => total + value, 0)
  for (const [at, sentiment] of Object.keys(words).entries())
    expect(rows[4]?.[sentiment]).toBeCloseTo((odds[at] ?? 0) / sum, 9)
})

const file = findRealFile("stock-tweets-sentiment/tweets_labelled.csv")

/** Trains the model with a file of labelled tweets. */
async function trainWithFile(text: string, threads: number) {
  return await withEngine({ threads }, async (fixture) => {
    mkdirSync(join(fixture.landing, "sentiment"), { recursive: true })
    writeFileSync(join(fixture.landing, "sentiment/labelled_tweets.csv"), text)
    const declared = assets.filter(({ name }) => /^(labelled_tweets|sentiment_model)$/.test(name))
    const { rows } = await materializeAll(declared, fixture)
    return await rows("sentiment_model")
  })
}

test("the same file trains the same model with 1, 2 and 4 threads", async () => {
  const lines = labelled.map(
    ({ tweet_id, text, sentiment }) =>
      `${tweet_id};2020-04-09 00:00:00+00:00;"${text}\r\nsecond ""line"";";${sentiment ?? ""}\r\n`,
  )
  const text = `id;created_at;text;sentiment\r\n${lines.join("")}`
  const [one, ...others] = await Promise.all(
    [1, 2, 4].map((threads) => trainWithFile(text, threads)),
  )
  expect(one?.length).toBeGreaterThan(20)
  for (const other of others) expect(other).toEqual(one)
})

describe.skipIf(!file.exists)(`the real labelled tweets${file.skipNote}`, () => {
  test("the 5-fold micro F1 is at least 0.62, and all 1,300 labelled tweets are in the confusion matrix", async () => {
    const rows = await trainWithFile(readFileSync(file.path, "utf8"), 2)
    const getRow = (part: string, name: string) =>
      rows.find((row) => row[0] === part && row[1] === name) ?? []
    const [, , , , , , microF1] = getRow("score", "micro_f1")
    const [, , , , , , macroF1] = getRow("score", "macro_f1")
    expect(microF1).toBeGreaterThanOrEqual(0.62)
    expect(macroF1).toBeGreaterThanOrEqual(0.6)
    const sums = ["positive", "neutral", "negative"].map((name) =>
      getRow("confusion", name)
        .slice(3, 6)
        .reduce<number>((sum, count) => sum + Number(count), 0),
    )
    expect(sums).toEqual([528, 424, 348])
  })
})
