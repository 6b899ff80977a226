import { fileURLToPath } from "node:url"

import { definitions, pageQueries } from "@freshet/assets"
import { landDemoData } from "@freshet/services"
import { describe, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"

const demo = { days: 1, scale: "S", seed: 1, clean: false, until: "2026-01-10" } as const
/** The migrations of the published tables. */
const migrations = fileURLToPath(new URL("../../../../packages/assets/migrations", import.meta.url))
const themes: readonly Theme[] = ["light", "dark"]

describe.skipIf(chromiumPath === undefined)("provenance in Chromium", () => {
  test.each(themes)("a row of an asset shows its landed lines as text, %s", async (theme) => {
    await withServedProject(async ({ address, materialize, land }) => {
      land("orders/2026-01-04.json", JSON.stringify({ id: 1, item: "<i>bread</i>" }))
      await materialize()
      await withPage({ theme }, async (page) => {
        await page.goto(`${address}/assets/items?tab=rows`)
        await page.getByTitle("<i>bread</i>", { exact: true }).click()
        const lines = page.getByRole("region", { name: "Landed lines" })
        await expectVisible(lines.getByRole("cell", { name: '{"id":1,"item":"<i>bread</i>"}' }))
        await expectVisible(page.getByText("Without this line the row is gone; 1 line tested."))
        await expectAccessible(page, `${theme} lines of a row`)
        await page.goto(`${address}/assets/best?tab=rows`)
        await page.getByRole("button", { name: "Landed lines of row 1" }).press("Enter")
        await page
          .getByText(/^items 2026-01-/)
          .first()
          .click()
        await expectVisible(page.getByRole("region", { name: /^Rows of items/ }).first())
        await expectAccessible(page, `${theme} rows of the upstream`)
      })
    })
  })

  test("a recommendation unfolds down to its landed lines", async () => {
    await withServedProject(
      async ({ address, services, materialize }) => {
        await landDemoData(services, { ...demo, group: "stocktwits" })
        await materialize()
        for (const theme of themes)
          await withPage({ theme }, async (page) => {
            await page.goto(`${address}/recommendations`)
            await expectVisible(page.getByRole("img", { name: /^Paths from / }))
            await page.getByText("Landed lines that made the row").click()
            const lines = page.getByRole("region", { name: "Landed lines" })
            await expectVisible(lines.getByRole("cell", { name: /"action": / }).first())
            await expectVisible(page.getByText(/^Without (this line|these \d+ lines) the row/))
            await expectAccessible(page, `${theme} lines of a recommendation`)
          })
      },
      {
        assets: definitions().filter(({ group }) => group === "stocktwits"),
        pageQueries,
        demo: () => import("@freshet/demo"),
        migrations,
      },
    )
  })
})
