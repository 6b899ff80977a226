import type { Page } from "playwright-core"
import { describe, expect, test } from "vitest"

import { type ServedProject, withServedProject } from "../served-project.ts"
import { chromiumPath, expectVisible, withPage } from "./browser.ts"

/** Serves a shop whose newest partitions are materialized, then changes a landed file. */
async function withStaleShop(work: (page: Page, project: ServedProject) => Promise<void>) {
  await withServedProject(async (project) => {
    await project.materialize()
    project.land("orders/2026-01-03.json", JSON.stringify({ id: 1, item: "bread" }))
    await withPage({}, (page) => work(page, project))
  })
}

async function expectSentence(page: Page, text: string): Promise<void> {
  await expectVisible(page.locator("h1", { hasText: text }))
}

describe.skipIf(chromiumPath === undefined)("the daily tasks in Chromium", () => {
  test("what is not fresh and why is visible at once, and three clicks fix it", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(address)
      await expectSentence(page, "1 of 3 assets is fresh. One changed input makes 2 stale.")
      await expectVisible(page.getByText("changed after it was used"))
      await page.getByRole("button", { name: /^Fix… 3 steps/ }).click()
      await page.getByRole("button", { name: /^Run 3 steps/ }).click()
      await expectVisible(page.getByText("succeeded", { exact: true }))
      await page.getByRole("link", { name: "Today" }).click()
      await expectSentence(page, "All 3 assets are fresh")
    })
  })

  test("the keyboard alone fixes what is stale", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(address)
      await expectVisible(page.getByRole("button", { name: /^Fix…/ }))
      await page.keyboard.press("x")
      await expectVisible(
        page.getByRole("button", { name: /^Run 3 steps/ }).and(page.locator(":focus")),
      )
      await page.keyboard.press("Enter")
      await expectVisible(page.getByText("succeeded", { exact: true }))
      await page.keyboard.press("g")
      await page.keyboard.press("t")
      await expectSentence(page, "All 3 assets are fresh")
    })
  })

  test("a past day of one asset is backfilled in three clicks, after a preview of every partition", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(`${address}/assets/best`)
      await page.getByRole("link", { name: "2026-01-02: missing" }).click()
      await page.getByRole("button", { name: /^Backfill 1 day/ }).click()
      await expectVisible(page.getByText("freshet backfill best --from 2026-01-02 --to 2026-01-02"))
      await expectVisible(page.getByRole("img", { name: "runs: 2026-01-02", exact: true }))
      await page.getByRole("button", { name: /^Run \d step/ }).click()
      await page.waitForURL(/\/runs\/\d/)
      await expectVisible(page.getByText("succeeded", { exact: true }))
      await page.goto(`${address}/assets/best`)
      await expectVisible(page.getByRole("link", { name: "2026-01-02: fresh" }))
    })
  })

  test("the keyboard alone backfills two past days", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(`${address}/assets/best`)
      await expectVisible(page.getByRole("heading", { name: "best", level: 1 }))
      await page.keyboard.press("2")
      const cells = page.getByRole("group", { name: "Partitions", exact: true })
      await cells.getByRole("button").last().focus()
      await page.keyboard.press("Home")
      await page.keyboard.press("Shift+ArrowRight")
      await expectVisible(page.getByRole("heading", { name: "2 days selected" }))
      await page.keyboard.press("b")
      await expectVisible(
        page.getByRole("button", { name: /^Run \d steps/ }).and(page.locator(":focus")),
      )
      await page.keyboard.press("Enter")
      await expectVisible(page.getByText("succeeded", { exact: true }))
      await page.goto(`${address}/assets/best?tab=partitions`)
      for (const day of ["2026-01-01", "2026-01-02"])
        await expectVisible(page.getByRole("row", { name: new RegExp(`${day} fresh`) }))
    })
  })

  test("lineage of an asset is two keys after its name, and its address shows the same view", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(address)
      await expectVisible(page.getByRole("heading", { level: 1 }))
      await page.keyboard.press("Control+k")
      await page.getByRole("dialog").waitFor()
      await page.keyboard.type("best")
      await expectVisible(page.getByRole("option", { name: /best/ }).first())
      await page.keyboard.press("Shift+Enter")
      await page.waitForURL(/lineage\?focus=best/)
      for (const name of ["items", "best", "counts"])
        await expectVisible(page.locator(`[data-card=${name}]`))
      expect(await page.locator("[data-card=orders]").count()).toBe(0)
      await page.keyboard.press("+")
      await expectVisible(page.locator("[data-card=orders]"))
      await page.goto(page.url())
      await expectVisible(page.locator("[data-card=orders]"))
      await page.keyboard.press("Enter")
      await page.waitForURL(/assets\/best/)
    })
  })

  test("the tree beside the graph is a twin for the keyboard", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(`${address}/lineage?open=`)
      const tree = page.getByRole("tree")
      await tree.getByRole("treeitem").first().focus()
      await page.keyboard.press("ArrowRight")
      await expectVisible(tree.getByRole("treeitem", { name: /items/ }).last())
      await page.keyboard.press("ArrowDown")
      await expectVisible(page.getByRole("complementary", { name: "Selected asset orders" }))
      await expectVisible(page.locator("[data-card=orders][data-selected=true]"))
    })
  })

  test("rows of a table are one click from the asset, and columns are described", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(`${address}/assets/best`)
      await page.getByRole("link", { name: /^Rows/ }).click()
      await expectVisible(page.getByTitle("tea", { exact: true }))
      const numbers = page.getByRole("region", { name: "Columns in numbers" })
      await expectVisible(numbers.getByRole("cell", { name: "tea", exact: true }))
      await page.getByRole("link", { name: /^Columns/ }).click()
      await expectVisible(page.getByText("Number of orders."))
    })
  })

  test("descriptions and data values are text, never HTML", async () => {
    await withStaleShop(async (page, { address, land, materialize }) => {
      land(
        "orders/2026-01-04.json",
        JSON.stringify({ id: 1, item: "<img src=x onerror=alert(1)>" }),
      )
      await materialize()
      await page.goto(`${address}/assets/orders`)
      await expectVisible(page.getByText("<img src=x onerror=alert(1)>").first())
      await page.goto(`${address}/assets/items?tab=rows`)
      await expectVisible(page.getByText("<img src=x onerror=alert(1)>").first())
      expect(await page.locator("img").count()).toBe(0)
    })
  })

  test("the selection of the catalog is that of the command line, and a mistake is explained", async () => {
    await withStaleShop(async (page, { address }) => {
      await page.goto(`${address}/catalog`)
      const best = page.getByRole("link", { name: "best", exact: true })
      await expectVisible(best)
      await page.keyboard.press("/")
      await page.keyboard.type("group:reports")
      await best.waitFor({ state: "detached" })
      await page.getByRole("checkbox", { name: "Select counts" }).check()
      await page.keyboard.press("Escape")
      await page.goto(`${address}/catalog?state=failed`)
      await expectVisible(page.getByText("none of them is failed"))
    })
  })
})
