import { describe, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"

describe.skipIf(chromiumPath === undefined)("a difference in Chromium", () => {
  test.each<Theme>(["light", "dark"])(
    "a partition is compared with its earlier version, %s",
    async (theme) => {
      await withServedProject(async ({ address, materialize, land }) => {
        await materialize()
        land("orders/2026-01-04.json", JSON.stringify({ id: 1, item: "<i>bread</i>" }))
        await materialize()
        await withPage({ theme }, async (page) => {
          await page.goto(`${address}/assets/items?tab=rows`)
          const picker = page.getByRole("combobox", { name: "Compare with" })
          await expectVisible(picker)
          await expectVisible(page.getByTitle("<i>bread</i>", { exact: true }))
          await picker.selectOption({ index: 1 })
          await expectVisible(page.getByRole("region", { name: "Different rows" }))
          await expectVisible(page.getByRole("row", { name: /added.*<i>bread<\/i>/ }))
          await expectVisible(page.getByRole("row", { name: /removed/ }).first())
          await expectVisible(page.getByText(/^freshet data diff items --from-version \d+/))
          await expectAccessible(page, `${theme} difference`)
          await picker.selectOption("")
          await page.getByRole("region", { name: "Different rows" }).waitFor({ state: "detached" })
        })
      })
    },
  )
})
