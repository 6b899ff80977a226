import { describe, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, type Theme, withPage } from "./browser.ts"

const pages = [
  "/",
  "/catalog",
  "/catalog?state=failed",
  "/lineage",
  "/lineage?focus=best",
  "/lineage?view=table",
  "/assets/best",
  "/assets/best?tab=partitions&from=2026-01-02&to=2026-01-03",
  "/assets/best?tab=rows",
  "/assets/best?tab=columns",
  "/assets/items?tab=checks",
  "/assets/best?tab=code",
  "/assets/best?tab=runs",
  "/assets/orders",
  "/runs",
  "/schedules",
  "/system",
  "/design",
  "/nothing",
]

const themes: readonly Theme[] = ["light", "dark"]

describe.skipIf(chromiumPath === undefined)("accessibility in Chromium", () => {
  test.each(themes)("axe finds nothing on any page and in any open state, %s", async (theme) => {
    await withServedProject(async ({ address, materialize, land, get }) => {
      await materialize()
      const line = (id: number) => JSON.stringify({ id, item: "tea" })
      land("orders/2026-01-04.json", Array.from({ length: 101 }, (_, id) => line(id)).join("\n"))
      await materialize()
      const { runs } = (await (await get("/api/runs")).json()) as {
        runs: readonly { id: string }[]
      }
      await withPage({ theme }, async (page) => {
        for (const path of [...pages, `/runs/${runs[0]?.id ?? ""}`]) {
          await page.goto(address + path)
          await page.locator("main h1, main h2").first().waitFor()
          await page.waitForLoadState("load")
          if (path !== "/design")
            // it shows the state of loading
            await page.locator("[aria-busy]").waitFor({ state: "detached" })
          await expectAccessible(page, `${theme} ${path}`)
        }
        await page.keyboard.press("Control+k")
        await page.getByRole("dialog").waitFor()
        await expectAccessible(page, `${theme} palette`)
        await page.keyboard.press("Escape")
        await page.getByRole("dialog").waitFor({ state: "detached" })
        await page.keyboard.press("?")
        await page.getByRole("dialog").waitFor()
        await expectAccessible(page, `${theme} keys`)
        await page.goto(
          `${address}/assets/best?tab=partitions&from=2026-01-02&to=2026-01-03&backfill=range`,
        )
        await page.getByRole("button", { name: /^Run \d step/ }).waitFor()
        await expectAccessible(page, `${theme} backfill`)
      })
    })
  })
})
