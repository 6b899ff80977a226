import { fileURLToPath } from "node:url"

import { pageQueries, stockTweets } from "@freshet/assets"
import { executeRun, queryPublished, type Services } from "@freshet/services"
import type { Locator, Page } from "playwright-core"
import { describe, expect, test } from "vitest"

import { type ServedProject, withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"
import { landStockTweets } from "./stock-tweets-files.ts"

/** The migrations of the published tables. */
const migrations = fileURLToPath(new URL("../../../../packages/assets/migrations", import.meta.url))
const themes: readonly Theme[] = ["light", "dark"]

/** Runs `work` with a served project of stock tweets, whose tables are published. */
async function withStocks(work: (project: ServedProject) => Promise<void>): Promise<void> {
  await withServedProject(
    async (project) => {
      landStockTweets(project.land)
      await project.materialize()
      await materializeFirstDay(project.services)
      await work(project)
    },
    { assets: stockTweets(), pageQueries, migrations },
  )
}

async function materializeFirstDay(services: Services): Promise<void> {
  const target = {
    kind: "materialize",
    selection: ["ticker_tweets", "tweets_sentiments_minute_sum", "tickers_minute_avg"],
    partitions: { date: "2026-01-05" },
    publish: true,
  } as const
  const command = "freshet materialize"
  await executeRun(services, { command, target }, { failFast: false, wait: true })
}

/** Reads the rows of a query over the published tables as texts. */
async function readTexts(services: Services, sql: string): Promise<readonly (readonly string[])[]> {
  const { rows } = await queryPublished(services, { sql, limit: 10_000 })
  return rows.map((row) => Object.values(row).map(String))
}

/** Reads the cells of the body of a table. */
async function readCells(table: Locator): Promise<readonly (readonly string[])[]> {
  await table.waitFor()
  const rows = await table.locator("tbody tr").all()
  return Promise.all(rows.map((row) => row.locator("td").allInnerTexts()))
}

/** Waits until the page shows the rows of its address. */
async function waitForRows(page: Page): Promise<void> {
  await page.locator("[aria-busy]").waitFor({ state: "detached" })
}

/** Lengths of bars: the text of the start of a minute's bar in New York. */
const starts = {
  minute: "to_char(minute at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI')",
  five_minutes: `to_char((minute - make_interval(mins => extract(minute from minute)::integer % 5)) at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI')`,
  hour: "to_char(minute at time zone 'America/New_York', 'YYYY-MM-DD HH24:00')",
  day: "to_char(minute at time zone 'America/New_York', 'YYYY-MM-DD')",
} as const

/** The figures of all bars of a ticker: start, positive, neutral and negative tweets, all tweets, price. */
function selectBars(ticker: string, start: string): string {
  return `
    with minutes as (
      select minute, positive_count, neutral_count, negative_count, null as price, 0 as quotes
      from stwitter.tweets_sentiments_minute_sum where ticker_id = '${ticker}'
      union all
      select minute, 0, 0, 0, price, quotes from stwitter.tickers_minute_avg
      where ticker_id = '${ticker}'
    )
    select ${start} as start, sum(positive_count), sum(neutral_count), sum(negative_count),
      sum(positive_count + neutral_count + negative_count),
      '$' || to_char(sum(price * quotes) / sum(quotes), 'FM999990.00')
    from minutes group by 1 order by 1`
}

describe.skipIf(chromiumPath === undefined)("stocks in Chromium", () => {
  test("the bars of each length are those of SQL over the published tables", async () => {
    await withStocks(async ({ address, services }) => {
      await withPage({}, async (page) => {
        for (const ticker of ["AAPL", "GOOG"])
          for (const [length, start] of Object.entries(starts)) {
            await page.goto(`${address}/stocks?ticker=${ticker}&length=${length}&view=table`)
            const rows = await readCells(page.getByRole("region", { name: "Bars" }))
            const bars = rows.map(([time = "", ...figures]) => [time.split(" to ")[0], ...figures])
            expect(bars.length).toBeGreaterThan(1)
            expect(bars).toEqual(await readTexts(services, selectBars(ticker, start)))
          }
      })
    })
  })

  test("a bar is picked by key and by pointer, and shows its tweets as text", async () => {
    await withStocks(async ({ address, services }) => {
      await withPage({}, async (page) => {
        await page.goto(`${address}/stocks?ticker=AAPL&length=hour`)
        await expectVisible(page.getByRole("img", { name: /^AAPL: price from/ }))
        await page.keyboard.press("ArrowRight")
        await expectVisible(
          page.getByRole("heading", { name: "Tweets of 2026-01-05 09:00 to 10:00" }),
        )
        const tweets = await readCells(page.getByRole("region", { name: "Tweets" }))
        expect(tweets).toEqual(
          await readTexts(
            services,
            `select to_char(tweeted_at at time zone 'America/New_York', 'HH24:MI:SS'), sentiment,
              user_name, text
            from stwitter.tweets
            where 'AAPL' = any(ticker_ids) and tweeted_at >= '2026-01-05T14:00Z'
              and tweeted_at < '2026-01-05T15:00Z'
            order by tweeted_at, tweet_id`,
          ),
        )
        expect(tweets.length).toBeGreaterThan(2)
        const [[counts = ""] = []] = await readTexts(
          services,
          `select concat(sum(positive_count), ' positive, ', sum(neutral_count), ' neutral, ',
            sum(negative_count), ' negative · AAPL')
          from stwitter.tweets_sentiments_minute_sum
          where ticker_id = 'AAPL' and minute >= '2026-01-05T14:00Z' and minute < '2026-01-05T15:00Z'`,
        )
        await expectVisible(page.getByText(counts))
        await page.keyboard.press("End")
        await expectVisible(page.getByRole("heading", { name: /^Tweets of 2026-01-06/ }))
        const plot = page.locator(".u-over")
        const box = await plot.boundingBox()
        await plot.click({ position: { x: 4, y: (box?.height ?? 0) / 2 } })
        await expectVisible(page.getByRole("heading", { name: /^Tweets of 2026-01-05 09:00/ }))
      })
    })
  })

  test("a zoom by pointer and by key aggregates shorter bars of the selected time", async () => {
    await withStocks(async ({ address, services }) => {
      await withPage({}, async (page) => {
        await page.goto(`${address}/stocks?ticker=AAPL`)
        const hour = page.getByRole("button", { name: "Hour", exact: true })
        const minute = page.getByRole("button", { name: "Minute", exact: true })
        await page.locator(".u-over").waitFor()
        expect(await hour.getAttribute("aria-pressed")).toBe("true")
        const box = await page.locator(".u-over").boundingBox()
        if (box === null) throw new Error("the chart has no box")
        await page.mouse.move(box.x + 2, box.y + 40)
        await page.mouse.down()
        await page.mouse.move(box.x + box.width / 16, box.y + 60, { steps: 5 })
        await page.mouse.up()
        await page.waitForURL(/start=.*end=/)
        await waitForRows(page)
        expect(await minute.getAttribute("aria-pressed")).toBe("true")
        const { searchParams } = new URL(page.url())
        const [[count = ""] = []] = await readTexts(
          services,
          `select sum(positive_count + neutral_count + negative_count)
          from stwitter.tweets_sentiments_minute_sum
          where ticker_id = 'AAPL' and minute >= '${searchParams.get("start") ?? ""}'
            and minute < '${searchParams.get("end") ?? ""}'`,
        )
        await expectVisible(page.getByRole("heading", { name: `${count} tweets about AAPL` }))
        await page.keyboard.press("0")
        await page.waitForURL((url) => !url.searchParams.has("start"))
        await page.keyboard.press("ArrowRight")
        await page.waitForURL(/bar=/)
        for (let presses = 0; presses < 4; presses += 1) {
          const before = page.url()
          await page.keyboard.press("+")
          await page.waitForURL((url) => url.href !== before)
        }
        await waitForRows(page)
        expect(await minute.getAttribute("aria-pressed")).toBe("true")
      })
    })
  })

  test("axe finds nothing in the chart, the table and the tweets of a bar, in both themes", async () => {
    await withStocks(async ({ address }) => {
      for (const theme of themes)
        for (const width of [1440, 390])
          await withPage({ theme, width }, async (page) => {
            const state = `${theme} stocks at ${width}`
            await page.goto(`${address}/stocks?ticker=GOOG`)
            await page.locator(".u-over").waitFor()
            await page.keyboard.press("ArrowRight")
            await expectVisible(page.getByRole("region", { name: "Tweets" }))
            await expectAccessible(page, state)
            await page.getByRole("button", { name: "Table" }).click()
            await expectVisible(page.getByRole("region", { name: "Bars" }))
            await expectAccessible(page, `${state}, table`)
          })
    })
  })
})
