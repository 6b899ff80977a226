import { readFileSync } from "node:fs"
import { join } from "node:path"

import { chromiumPath, expectVisible, withPage } from "@freshet/ui/testing"
import { describe, expect, test } from "vitest"

import { expectDone, type RunningCommand, startFreshet } from "./freshet-process.ts"
import type { CommandSettings } from "./freshet-process.ts"
import { expectNoProcesses } from "./processes.ts"
import { declareFetched, landOrders, waitForFile, withShop } from "./shop.ts"

/** A server of the page as a process. */
interface PageServer {
  readonly server: RunningCommand
  readonly address: string
}

/** Runs `work` with the page at a port; 0 chooses one. */
async function withPageServer(
  project: CommandSettings,
  port: number,
  work: (page: PageServer) => Promise<void>,
): Promise<void> {
  const server = startFreshet(project, "ui", "--port", String(port))
  try {
    await server.waitForOutput("Freshet is at http")
    const [, address = ""] = /(http:\S+)\//.exec(server.readOutput()) ?? []
    await work({ server, address })
  } finally {
    server.kill("SIGINT")
    await server.result
  }
}

const causedErrors = /net::ERR_|status of 50\d/
const lostConnection = "The connection to the server is lost."
const lostDatabase = "The database cannot be read."
const noneFresh = "None of 2 assets are fresh."
const allFresh = "All 2 assets are fresh."

describe.skipIf(chromiumPath === undefined)("faults with the page open", () => {
  test("a killed server is announced, and the page shows the state of the next one by itself", () =>
    withShop((project) =>
      withPageServer(project, 0, async ({ server, address }) =>
        withPage({ causedErrors }, async (page) => {
          await page.goto(address)
          await expectVisible(page.locator("h1", { hasText: noneFresh }))
          server.kill("SIGKILL")
          await expectVisible(page.getByText(lostConnection))
          expectDone(await startFreshet(project, "materialize").result)
          await withPageServer(project, Number(new URL(address).port), async () => {
            await page.getByText(lostConnection).waitFor({ state: "detached" })
            await expectVisible(page.locator("h1", { hasText: allFresh }))
            landOrders(project, "2026-01-03", 7)
            await expectVisible(page.locator("h1", { hasText: /fresh\. One changed input/ }))
          })
        }),
      ),
    ))

  test("the worker of a run is killed: its page says so, and retries it", () =>
    withShop(
      (project) =>
        withPageServer(project, 0, async ({ address }) =>
          withPage({}, async (page) => {
            await page.goto(`${address}/runs`)
            const worker = startFreshet(project, "materialize", "fetched")
            const row = page.getByRole("row", { name: /running/ })
            await row.getByRole("link").first().click()
            await expectVisible(page.getByRole("log").getByText("asks for the file"))
            worker.kill("SIGKILL")
            await expectVisible(page.getByText("killed", { exact: true }))
            project.land(".go", "")
            await page.getByRole("button", { name: "Retry 1 step…" }).click()
            await page.getByRole("button", { name: /^Run 1 step/ }).click()
            await expectVisible(page.getByText("succeeded", { exact: true }))
            await worker.result
          }),
        ),
      declareFetched("", waitForFile),
    ))

  test("PostgreSQL is killed: the page says so, and continues when the server is back", () =>
    withShop(async (shared) => {
      const { DATABASE_URL: _, ...environment } = shared.environment
      const project = { ...shared, environment }
      await withPageServer(project, 0, async ({ address }) =>
        withPage({ causedErrors }, async (page) => {
          await page.goto(address)
          await expectVisible(page.locator("h1", { hasText: noneFresh }))
          const announced = expectVisible(page.getByText(lostDatabase))
          killPostgres(project.home)
          await announced
          await page.getByText(lostDatabase).waitFor({ state: "detached" })
          expectDone(await startFreshet(project, "materialize").result)
          await expectVisible(page.locator("h1", { hasText: allFresh }))
        }),
      )
      await expectNoProcesses(project.home)
    }))
})

function killPostgres(home: string): void {
  const lockFile = join(home, "postgres/data/postmaster.pid")
  const [processId = ""] = readFileSync(lockFile, "utf8").split("\n")
  expect(processId).toMatch(/^\d+$/)
  process.kill(Number(processId), "SIGKILL")
}
