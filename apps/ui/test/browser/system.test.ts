import { writeFile } from "node:fs/promises"
import { join } from "node:path"

import { describe, expect, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"

describe.skipIf(chromiumPath === undefined)("the system in Chromium", () => {
  test.each<Theme>(["light", "dark"])(
    "health, storage and workers are shown, %s",
    async (theme) => {
      await withServedProject(async ({ address, materialize }) => {
        await materialize()
        await withPage({ theme }, async (page) => {
          await page.goto(`${address}/system`)
          await expectVisible(page.locator("h1", { hasText: "Everything works." }))
          await expectVisible(page.getByRole("row", { name: /^items/ }))
          await expectVisible(page.getByText("No run is under way."))
          await expectVisible(page.getByText("Nothing to remove."))
          await expectAccessible(page, `${theme} system`)
        })
      })
    },
  )

  test("commands in a finding are code", async () => {
    await withServedProject(async ({ address, materialize, services }) => {
      await materialize()
      await writeFile(join(services.config.lake, ".tmp", "abandoned"), "rows")
      await withPage({}, async (page) => {
        await page.goto(`${address}/system`)
        await expectVisible(page.locator("code", { hasText: "freshet gc" }))
        expect(await page.locator("main").textContent()).not.toContain("`")
      })
    })
  })
})
