import { renameSync } from "node:fs"
import { join } from "node:path"

import { writeStockTweetsInSizes } from "@freshet/demo"
import { expect, test } from "vitest"

import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { landRealTweets, realTweetsNote, hasRealTweets } from "./real-stock-tweets.ts"
import { computeViews, expectTables, readViews } from "./stock-tweets-tables.ts"
import { type TestProject, withTestProject } from "./test-project.ts"

const sizes = { authors: 60, tweetsPerDay: 700, quotesPerMinute: 1, labelledTweets: 400 }

const landWeek = ({ landing }: TestProject, until: string) =>
  writeStockTweetsInSizes(sizes, { seed: 3, landing, days: 7, until })

const listWeek = (until: string) =>
  Array.from({ length: 7 }, (_, at) =>
    new Date(Date.parse(until) - (6 - at) * 86_400_000).toISOString().slice(0, 10),
  )

const materialize = (days: readonly string[]) =>
  ["materialize", "group:stock_tweets", "--from", days[0] ?? "", "--to", days.at(-1) ?? ""] as const

test.each([
  ["2026-03-10", "2026-03-08", 23],
  ["2026-11-04", "2026-11-01", 25],
])(
  "in the week to %s, in which %s has %i hours, every published figure is what plain TypeScript computes",
  async (until, changedDay, hours) => {
    await withTestProject(async (project) => {
      await landWeek(project, until)
      const days = listWeek(until)
      expectDone(await runFreshet(project, ...materialize(days)))
      const published = await expectTables(project, days)
      expect(await readViews(project)).toEqual(computeViews(published))
      const minutes = (published["stwitter.tweets_sentiments_minute_sum"] ?? []).filter((row) =>
        row.startsWith(`["${changedDay}"`),
      )
      expect(new Set(minutes.map((row) => row.match(/"([^"]*T\d\d):/)?.[1])).size).toBe(hours)
      expect(published["stwitter.tickers_minute_avg"]?.length).toBeGreaterThan(3000)
    })
  },
)

interface RunDocument {
  readonly steps: readonly { readonly step: string }[]
}

test("late tweets of one day rebuild that day and what reads it, and its minutes are right to the tweet", async () => {
  await withTestProject(async (project) => {
    const [until, lateDay] = ["2026-03-13", "2026-03-11"]
    await landWeek(project, until)
    const late = join(project.landing, "twitter", lateDay.replaceAll("-", "/"), "late-tweets.json")
    const aside = join(project.folder, "late-tweets.json")
    renameSync(late, aside)
    const days = listWeek(until)
    expectDone(await runFreshet(project, ...materialize(days)))
    const before = await expectTables(project, days)
    renameSync(aside, late)
    const run = await readFreshetJson<RunDocument>(project, ...materialize(days))
    expect(run.steps.map(({ step }) => step).toSorted()).toEqual(
      [
        "authors",
        "sentiments",
        "ticker_tweets",
        "tickers_info",
        "tweets",
        "tweets_sentiments_minute_sum",
      ].map((asset) => `${asset} ${lateDay}`),
    )
    const after = await expectTables(project, days)
    const changedTables = Object.keys(after).filter((table) => {
      const rows = new Set(before[table])
      const changed = (after[table] ?? []).filter((row) => !rows.has(row))
      expect(changed.filter((row) => !row.startsWith(`["${lateDay}"`))).toEqual([])
      return changed.length > 0
    })
    expect(changedTables).toEqual([
      "stwitter_staging.tweets",
      "stwitter_staging.users",
      "stwitter.tweets",
      "stwitter.tweets_sentiments_minute_sum",
    ])
    const again = await readFreshetJson<RunDocument>(project, ...materialize(days))
    expect(again.steps).toEqual([])
  })
})

test.skipIf(!hasRealTweets)(
  `every figure of real tweets and quotes is what plain TypeScript computes${realTweetsNote}`,
  async () => {
    await withTestProject(async (project) => {
      const days = landRealTweets(project, Number(process.env["FRESHET_REAL_TWEET_DAYS"] ?? 5))
      expectDone(await runFreshet(project, ...materialize(days)))
      const published = await expectTables(project, days)
      expect(await readViews(project)).toEqual(computeViews(published))
      expect(published["stwitter.tickers_minute_avg"]?.length).toBeGreaterThan(3800)
    })
  },
)
