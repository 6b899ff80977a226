import type { RunDocument, TickDocument } from "@freshet/services"
import { scheduleListSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { declareFetched, declareShop, landOrders, waitForFile, withShop } from "./shop.ts"

const everyMorning = `
  import { schedule } from "@freshet/core"
  ${declareShop()}
  export const automation = { shop: schedule("0 6 * * *", { zone: "UTC" }) }`

type Place = Parameters<typeof runFreshet>[0]

async function readSchedule(place: Place) {
  const { stdout } = await runFreshet(place, "schedule", "ls", "--json")
  return parseDocument(scheduleListSchema, stdout).schedules[0]
}

test("a tick materializes the newest partitions at its instant, once", () =>
  withShop(async (project) => {
    const tick = ["schedule", "tick", "group:shop", "--at", "2026-01-04T06:00Z"]
    const { outcome, run, steps } = await readFreshetJson<RunDocument>(project, ...tick)
    expect(outcome).toBe("succeeded")
    expect(steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(["items 2026-01-03", "best 2026-01-03"]),
    )
    expect(steps.some(({ partition }) => partition === "2026-01-04")).toBe(false)
    expect(await readFreshetJson<TickDocument>(project, ...tick)).toMatchObject({
      state: "succeeded",
      run,
    })
    expect(await readSchedule(project)).toMatchObject({
      name: "group:shop",
      automation: "0 6 * * * UTC",
      assets: ["items", "best"],
      latest_tick: { tick_at: "2026-01-04T06:00:00.000Z", state: "succeeded", run },
    })
  }, everyMorning))

test("a tick that another process executes is waited for, or busy, and makes one run", () =>
  withShop(
    async (project) => {
      const tick = ["schedule", "tick", "group:shop", "--at", "2026-01-04T06:00Z"]
      const first = startFreshet(project, ...tick)
      await first.waitForOutput("asks for the file")
      const busy = await runFreshet(project, ...tick, "--no-wait")
      expect(busy).toMatchObject({ code: 7, stderr: expect.stringContaining("executes this tick") })
      const second = startFreshet(project, ...tick, "--json")
      await second.waitForOutput("Waiting for the process that executes this tick")
      await new Promise((resolve) => setTimeout(resolve, 1200)) // the second one looks again
      project.land(".go", "")
      expectDone(await first.result)
      const { stdout, stderr } = await second.result
      expect(JSON.parse(stdout)).toMatchObject({ state: "succeeded" })
      expect(stderr.match(/Waiting for the process/g)).toHaveLength(1)
      const { rows } = await withLedgerClient(project, (client) =>
        client.query("select from freshet.workers"),
      )
      expect(rows).toHaveLength(1)
    },
    everyMorning.replace(declareShop(), declareFetched("", waitForFile)),
  ))

test("a tick without an instant materializes the newest partitions; a second one has nothing to do", () =>
  withShop(async (project) => {
    const { steps } = await readFreshetJson<RunDocument>(project, "schedule", "tick", "group:shop")
    expect(steps.map(({ step }) => step)).toContain("best 2026-01-04")
    const second = await readFreshetJson<RunDocument>(project, "schedule", "tick", "group:shop")
    expect(second.outcome).toBe("nothing")
    expect((await readSchedule(project))?.latest_tick).toMatchObject({
      state: "nothing",
      run: null,
    })
  }, everyMorning))

test("a failed tick has ended with the run that failed", () =>
  withShop(
    async (project) => {
      landOrders(project, "2026-01-04", 9)
      const { code } = await runFreshet(project, "schedule", "tick", "group:shop")
      expect(code).toBe(4)
      expect((await readSchedule(project))?.latest_tick).toMatchObject({
        state: "failed",
        run: expect.any(String),
      })
    },
    everyMorning.replace(declareShop(), declareShop({ maxOrders: 5 })),
  ))

test("a paused schedule has no next tick until it is resumed", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "schedule", "pause", "group:shop"))
    expect(await readSchedule(project)).toMatchObject({ paused: true, next_tick_at: null })
    expectDone(await runFreshet(project, "schedule", "resume", "group:shop"))
    expect(await readSchedule(project)).toMatchObject({
      paused: false,
      next_tick_at: expect.stringContaining("T06:00:00.000Z"),
    })
  }, everyMorning))

test("the list explains a due schedule that no scheduler executes", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "schedule"))
    await withLedgerClient(project, (client) =>
      client.query("update freshet.schedules set since_at = now() - interval '2 days'"),
    )
    const { stdout } = await runFreshet(project, "schedule")
    expect(stdout).toMatch(
      /group:shop: A tick is due since \S+T06:00:00Z, and no scheduler has recorded it\.\n {2}`freshet serve` records/,
    )
  }, everyMorning))

test.each([
  ["schedule tick group:shpo", "No schedule is called `group:shpo`."],
  [
    "schedule tick group:shop --at 2026-01-04T07:00Z",
    "`group:shop` has no tick at 2026-01-04T07:00:00Z.",
  ],
  ["schedule simulate --from yesterday", '"yesterday" is not a day or an instant'],
])("%s is wrong usage", (line, message) =>
  withShop(async (project) => {
    const { code, stderr } = await runFreshet(project, ...line.split(" "))
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
  }, everyMorning),
)

test.each([
  [`{ shpo: schedule("0 6 * * *", { zone: "UTC" }) }`, "automation.shpo in freshet.config.ts"],
  [`{ shop: schedule("6 o'clock", { zone: "UTC" }) }`, `"6 o'clock" is not a cron expression`],
  [`{ shop: schedule("0 6 * * *", { zone: "Mars/Base" }) }`, `"Mars/Base" is not a time zone`],
])("automation %s is a mistake of the configuration", (automation, message) =>
  withShop(
    async (project) => {
      const { code, stderr } = await runFreshet(project, "schedule")
      expect({ code, stderr }).toEqual({
        code: expect.toBeOneOf([1, 2]),
        stderr: expect.stringContaining(message),
      })
    },
    everyMorning.replace(/automation = .*/, `automation = ${automation}`),
  ),
)
