import { describe, test } from "vitest"

import { withServedProject } from "../served-project.ts"
import { everyMorning } from "../shop.ts"
import { chromiumPath, expectAccessible, expectVisible, withPage } from "./browser.ts"

describe.skipIf(chromiumPath === undefined)("schedules in Chromium", () => {
  test("a schedule is paused and resumed, and a tick opens its run", async () => {
    await withServedProject(
      async ({ address }) => {
        await withPage({}, async (page) => {
          await page.goto(address)
          const ticks = page.locator("section", { hasText: "Next ticks" })
          await expectVisible(ticks.getByText(/^in \d/))
          await ticks.getByRole("link", { name: "Schedules" }).click()
          await expectVisible(page.locator("h1", { hasText: "The next tick is group:shop at" }))
          await page.getByRole("button", { name: "Pause group:shop" }).click()
          await expectVisible(
            page.getByText("It is paused; the instants of the pause are skipped."),
          )
          await expectVisible(page.locator("h1", { hasText: "No instant is ahead." }))
          await page.getByRole("button", { name: "Resume group:shop" }).click()
          await expectVisible(page.getByText("waits for its time"))
          await page.getByRole("button", { name: "Run a tick of group:shop" }).click()
          await page.waitForURL(/\/runs\/\d/)
          await expectVisible(page.getByText("succeeded", { exact: true }))
          await page.keyboard.press("g")
          await page.keyboard.press("s")
          await expectVisible(page.getByRole("row", { name: /succeeded/ }))
          await expectAccessible(page, "schedules")
        })
      },
      { automation: everyMorning },
    )
  })

  test("viewers see schedules and cannot act", async () => {
    await withServedProject(
      async ({ address }) => {
        await withPage({ theme: "dark" }, async (page) => {
          await page.goto(`${address}/schedules`)
          await expectVisible(
            page.getByRole("button", { name: "Pause group:shop", disabled: true }),
          )
          await expectVisible(
            page.getByRole("button", { name: "Run a tick of group:shop", disabled: true }),
          )
          await expectAccessible(page, "read-only schedules")
        })
      },
      { automation: everyMorning, readOnly: true },
    )
  })
})
