import { codeAsset, daily, dueBy, int64, sourceAsset, sql, sqlAsset } from "@freshet/core"
import type { Page } from "playwright-core"
import { describe, expect, test } from "vitest"

import { readDocument, type ServedProject, withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"

const partitions = daily({ start: "2026-01-01" })
const columns = { id: int64("Order.") }

const ordersOptions = {
  group: "shop",
  name: "orders",
  description: "Orders.",
  columns,
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
} as const

const orders = sourceAsset({ ...ordersOptions, partitions })

/** Declares code that fails once, prints, and waits for its release. */
function declareFetched() {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  let attempts = 0
  const fetched = codeAsset({
    group: "shop",
    partitions,
    name: "fetched",
    description: "Rows that code fetches.",
    version: "1",
    columns,
    upstream: { orders },
    retries: { attempts: 2, backoffSeconds: 0 },
    async *compute() {
      attempts += 1
      console.log("attempt %d <b>begins</b>", attempts)
      if (attempts === 1) throw new Error("connection reset")
      console.warn("waiting for the service")
      await released
      console.log("the service answered")
      yield { id: BigInt(attempts) }
    },
  })
  return { fetched, release }
}

async function startRun({ get, post }: ServedProject, selection: string): Promise<string> {
  const target = { kind: "materialize", selection: [selection], partitions: {}, publish: false }
  await post("/api/requests", { target })
  const findRun = async () =>
    (await readDocument<{ runs: readonly { id: string }[] }>(await get("/api/runs"))).runs[0]?.id
  await expect.poll(findRun, { timeout: 300_000 }).toBeDefined()
  return (await findRun()) ?? ""
}

function getLine(page: Page, text: string) {
  return page.getByRole("log", { name: "Log" }).getByText(text)
}

describe.skipIf(chromiumPath === undefined)("the page of a run in Chromium", () => {
  test.each<Theme>(["light", "dark"])(
    "the log is followed while the run goes on, and filtered by text, level, origin and step, %s",
    async (theme) => {
      const { fetched, release } = declareFetched()
      await withServedProject(
        async (project) => {
          const run = await startRun(project, "fetched")
          await withPage({ theme }, async (page) => {
            await page.goto(`${project.address}/runs/${run}`)
            await expectVisible(getLine(page, "waiting for the service"))
            await expectVisible(getLine(page, "attempt 1 <b>begins</b>"))
            await expectVisible(page.getByText(/^Attempt 1 failed: .*connection reset/))
            expect(await page.getByRole("checkbox", { name: "Follow" }).isChecked()).toBe(true)
            await expectAccessible(page, `${theme} running`)
            release()
            await expectVisible(getLine(page, "the service answered"))
            await expectVisible(page.getByText("succeeded", { exact: true }))
            await expectVisible(getLine(page, "materialized: 1 row,"))
            await page.getByRole("combobox", { name: "Level" }).selectOption("warn")
            await getLine(page, "the service answered").waitFor({ state: "detached" })
            await expectVisible(getLine(page, "failed after"))
            await page.goto(page.url())
            await expectVisible(getLine(page, "waiting for the service"))
            expect(await getLine(page, "the service answered").count()).toBe(0)
            await page.getByRole("combobox", { name: "From" }).selectOption("code")
            await getLine(page, "failed after").waitFor({ state: "detached" })
            await page.goto(`${project.address}/runs/${run}`)
            await page.getByRole("link", { name: "Log of fetched 2026-01-04" }).click()
            await expectVisible(page.getByRole("button", { name: "All steps" }))
            await page.keyboard.press("/")
            await page.keyboard.type("answered")
            await getLine(page, "waiting for the service").waitFor({ state: "detached" })
            await expectVisible(getLine(page, "the service answered"))
            await expectAccessible(page, `${theme} filtered`)
          })
        },
        { assets: [orders, fetched] },
      )
    },
  )

  test("the keyboard jumps to the next error, and a failed run is retried from its page", async () => {
    let isBroken = true
    const fetched = codeAsset({
      group: "shop",
      partitions,
      name: "fetched",
      description: "Rows that code fetches.",
      version: "1",
      columns,
      upstream: { orders },
      async *compute() {
        if (isBroken) throw new Error("no such host")
        yield { id: 1n }
      },
    })
    await withServedProject(
      async (project) => {
        const run = await startRun(project, "fetched")
        await withPage({}, async (page) => {
          await page.goto(`${project.address}/runs/${run}`)
          await expectVisible(getLine(page, "no such host"))
          await page.keyboard.press("e")
          isBroken = false
          await page.getByRole("button", { name: "Retry 1 step…" }).click()
          await page.getByRole("button", { name: /^Run 1 step/ }).click()
          await page.waitForURL((url) => !url.pathname.endsWith(run))
          await expectVisible(page.getByText("succeeded", { exact: true }))
        })
      },
      { assets: [orders, fetched] },
    )
  })
})

const dayMs = 86_400_000
const yesterday = new Date(Date.now() - dayMs).toISOString().slice(0, 10)

describe.skipIf(chromiumPath === undefined)("deadlines and pins in Chromium", () => {
  test("an asset that is due soon is marked on every page, and a backfill can repin", async () => {
    const recentDays = daily({ start: yesterday })
    const recent = sourceAsset({ ...ordersOptions, partitions: recentDays })
    const items = sqlAsset({
      group: "shop",
      partitions: recentDays,
      name: "items",
      description: "Orders.",
      columns,
      query: sql`from ${recent}`,
      freshness: dueBy("00:00", "UTC"),
    })
    await withServedProject(
      async ({ address, land, materialize }) => {
        land(`orders/${yesterday}.json`, JSON.stringify({ id: 1 }))
        await materialize()
        await withPage({}, async (page) => {
          await page.goto(address)
          await page.getByRole("link", { name: "1 due soon" }).click()
          await page.waitForURL(/state=due_soon/)
          await expectVisible(page.getByRole("row", { name: /items.*due soon, / }))
          await expectAccessible(page, "due soon")
          await page.goto(`${address}/assets/items?tab=partitions`)
          await expectVisible(page.getByText(/is due .*, expected/))
          await page.keyboard.press("b")
          await page.getByRole("checkbox", { name: /^Repin/ }).check()
          await expectVisible(page.getByText(/^freshet backfill items .*--repin/))
        })
      },
      { assets: [recent, items] },
    )
  })
})
