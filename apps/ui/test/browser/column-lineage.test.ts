import { describe, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, type Theme, withPage } from "./browser.ts"

describe.skipIf(chromiumPath === undefined)("the lineage of a column in Chromium", () => {
  test.each<Theme>(["light", "dark"])(
    "one click leads from a column to everything that uses it, %s",
    async (theme) => {
      await withServedProject(async ({ address }) => {
        await withPage({ theme }, async (page) => {
          await page.goto(`${address}/assets/best?tab=columns`)
          await expectVisible(page.getByRole("heading", { name: /^Where best.item comes from/ }))
          await expectVisible(page.getByRole("row", { name: "orders.item copied 2" }))
          await page.getByRole("link", { name: "orders.item" }).click()
          await expectVisible(
            page.getByRole("heading", { name: /^What breaks without orders.item/ }),
          )
          await expectVisible(page.getByRole("row", { name: /^counts decides which rows exist/ }))
          await expectAccessible(page, `${theme} column lineage`)
        })
      })
    },
  )
})
