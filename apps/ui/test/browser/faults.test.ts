import { codeAsset, daily, int64, sourceAsset } from "@freshet/core"
import type { Page } from "playwright-core"
import { describe, expect, test } from "vitest"

import { withCutProxy } from "../cut-proxy.ts"
import { withServedProject } from "../served-project.ts"
import { chromiumPath, expectAccessible, expectVisible, withPage } from "./browser.ts"

const partitions = daily({ start: "2026-01-01" })
const columns = { id: int64("Order.") }

const orders = sourceAsset({
  group: "shop",
  partitions,
  name: "orders",
  description: "Orders.",
  columns,
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
})

/** Declares code whose first three days pass at once, and whose last waits for its release. */
function declareSlow() {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const slow = codeAsset({
    group: "shop",
    partitions,
    name: "slow",
    description: "Rows of a slow service.",
    version: "1",
    columns,
    upstream: { orders },
    async *compute(_upstream, { partition }) {
      console.log(`asks for ${partition}`)
      if (partition === "2026-01-04") await released
      console.log(`has ${partition}`)
      yield { id: 1n }
    },
  })
  return { slow, release }
}

/** Records the id of each event that the page receives. */
async function recordEvents(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const ids: string[] = []
    Object.assign(globalThis, { receivedIds: ids })
    const { addEventListener } = EventSource.prototype
    const record = (kind: string) => (event: Event) => {
      const isStream = ["hello", "reset", "heartbeat", "error"].includes(kind)
      if (!isStream && event instanceof MessageEvent) ids.push(event.lastEventId)
    }
    Object.assign(EventSource.prototype, {
      addEventListener(this: EventSource, kind: string, listener: (event: Event) => void) {
        addEventListener.call(this, kind, record(kind))
        addEventListener.call(this, kind, listener)
      },
    })
  })
  return () =>
    page.evaluate(() => (globalThis as unknown as { receivedIds: readonly string[] }).receivedIds)
}

describe.skipIf(chromiumPath === undefined)("faults in Chromium", () => {
  test("a cut connection is announced, and no event or log line is lost or shown twice", async () => {
    const { slow, release } = declareSlow()
    await withServedProject(
      async ({ address: serverAddress, post, get }) => {
        await withCutProxy(serverAddress, async ({ address, cut, restore }) => {
          const causedErrors = /net::ERR_/
          await withPage({ causedErrors }, async (page) => {
            const readIds = await recordEvents(page)
            await page.goto(`${address}/runs`)
            await expectVisible(page.getByText("live", { exact: false }).first())
            const target = {
              kind: "backfill",
              asset: "slow",
              partitions: { from: "2026-01-01", to: "2026-01-04" },
              downstream: false,
            }
            await post("/api/requests", { target })
            await page
              .getByRole("row", { name: /backfill slow/ })
              .getByRole("link")
              .first()
              .click()
            const log = page.getByRole("log", { name: "Log" })
            await expectVisible(log.getByText("asks for 2026-01-04"))
            cut()
            await expectVisible(page.getByText("The connection to the server is lost."))
            await expectAccessible(page, "lost connection")
            release()
            await expect
              .poll(async () => (await get("/api/runs")).text(), { timeout: 300_000 })
              .toContain('"succeeded"')
            restore()
            await page
              .getByText("The connection to the server is lost.")
              .waitFor({ state: "detached" })
            await expectVisible(page.getByText("succeeded", { exact: true }))
            for (const day of ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"])
              await expect.poll(() => log.getByText(`has ${day}`).count()).toBe(1)
            const numbers = (await readIds()).map((id) => Number(id.split("-").at(-1)))
            const [first = 0] = numbers
            expect(numbers.length).toBeGreaterThan(8)
            expect(numbers).toEqual(numbers.map((_, at) => first + at))
          })
        })
      },
      { assets: [orders, slow] },
    )
  })
})
