import { readFileSync } from "node:fs"

import type { Page } from "playwright-core"
import { describe, expect, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"

async function readExport(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ])
  return readFileSync(await download.path(), "utf8")
}

describe.skipIf(chromiumPath === undefined)("lineage in Chromium", () => {
  test.each<Theme>(["light", "dark"])(
    "every lens has its legend and its values, and the address shows the same view, %s",
    async (theme) => {
      await withServedProject(async ({ address, materialize }) => {
        await materialize()
        await withPage({ theme }, async (page) => {
          await page.goto(`${address}/lineage`)
          for (const [lens, legend, card] of [
            ["Freshness", "no deadline", /^best: fresh, (overdue|due soon|on time)/],
            ["Kind", "SQL", /^best: fresh, (overdue, )?SQL$/],
            ["Duration", "≥ 1 min", /^best: fresh, (overdue, )?< .*, [\d.]+ s$/],
            ["Rows", "< 10,000", /^best: fresh, (overdue, )?< 100, 5$/],
          ] as const) {
            await page.getByText(lens, { exact: true }).click()
            const group = page.getByRole("group", { name: `Lens ${lens}` })
            await expectVisible(group.getByText(legend, { exact: true }))
            await expectVisible(page.getByRole("button", { name: card }))
            expect(new URL(page.url()).searchParams.get("lens")).toBe(lens.toLowerCase())
            await expectAccessible(page, `${theme} lens ${lens}`)
          }
          await page.goto(page.url())
          await expectVisible(
            page.getByRole("button", { name: /^best: fresh, (overdue, )?< 100, 5$/ }),
          )
          await page.keyboard.press("v")
          await expectVisible(page.getByRole("row", { name: /^items 3 best 5 / }))
          await expectAccessible(page, `${theme} table of rows`)
        })
      })
    },
  )

  test("the keyboard alone selects cards, shows a path, turns the graph and collapses a group", async () => {
    await withServedProject(async ({ address, materialize }) => {
      await materialize()
      await withPage({}, async (page) => {
        await page.goto(`${address}/lineage`)
        await expectVisible(page.locator("[data-card=orders]"))
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await expectVisible(page.locator("[data-card=items][data-selected=true]"))
        await page.getByRole("combobox", { name: "Path to" }).focus()
        await page.keyboard.type("counts")
        await expectVisible(page.getByText("items → counts: 3 assets on the path."))
        const view = page.url()
        await page.goto(view)
        await expectVisible(page.getByText("items → counts: 3 assets on the path."))
        await expectAccessible(page, "path")
        await page.getByRole("button", { name: "Show the path alone" }).press("Enter")
        await page.locator("[data-card=orders]").waitFor({ state: "detached" })
        await expectVisible(page.locator("[data-card=best]"))
        await page.goto(`${address}/lineage?selected=items`)
        await expectVisible(page.locator("[data-card=items][data-selected=true]"))
        await page.keyboard.press("o")
        await expectVisible(page.getByRole("button", { name: "Direction: right" }))
        await page.keyboard.press("c")
        await expectVisible(page.locator("[data-card='group:shop']"))
        await page.keyboard.press("l")
        await expectVisible(page.getByRole("group", { name: "Lens Freshness" }))
        await page
          .getByRole("button", { name: "Collapse groups" })
          .or(page.getByRole("button", { name: "Expand groups" }))
          .press("Enter")
        await expectVisible(page.locator("[data-card=orders]"))
      })
    })
  })

  test("the visible graph is saved as SVG, Mermaid and the JSON of the command line", async () => {
    await withServedProject(async ({ address, get }) => {
      await withPage({}, async (page) => {
        await page.goto(`${address}/lineage?focus=items&hops=1`)
        await expectVisible(page.locator("[data-card=best]"))
        const svg = await readExport(page, "SVG")
        expect(svg).toMatch(/^<svg xmlns.*>orders<.*>best</s)
        expect(svg).toMatch(/stroke="rgb\(/)
        expect(await readExport(page, "Mermaid")).toContain('n1 -->|"last 3"| n2')
        const document: unknown = JSON.parse(await readExport(page, "JSON"))
        const lineage = (await (await get("/api/lineage?selection=%2Bbest")).json()) as object
        expect(document).toEqual({ ...lineage, focus: null })
      })
    })
  })
})
