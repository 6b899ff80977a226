import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import {
  landOrders,
  landPrices,
  readNewestSteps,
  marketDays,
  readRuns,
  withMarket,
} from "./market/market-project.ts"
import { withEnvironment } from "./test-project.ts"

const [first, second, third, fourth] = marketDays

test("a saved plan is applied exactly, and once", async () => {
  await withMarket(async (place) => {
    const words = ["takings", "--from", first, "--to", second]
    expectDone(await runFreshet(place, "plan", ...words, "--save", "plan.json"))
    const dry = await runFreshet(place, "apply", "plan.json", "--dry-run")
    expectDone(dry)
    expect(dry.stdout).toContain("4 steps of 2 computations")
    expectDone(await runFreshet(place, "apply", "plan.json"))
    expect(await readNewestSteps(place)).toEqual([
      `items ${first} materialized`,
      `items ${second} materialized`,
      `takings ${first} materialized`,
      `takings ${second} materialized`,
    ])
    const [run] = await readRuns(place)
    expect(run).toMatchObject({ command: "freshet apply plan.json" })
    await expectRefused(place, "The ledger changed after the plan was saved")
  })
})

test("a plan is not applied after an edit of the code or the landed files, and is after the edit is reverted", async () => {
  await withMarket(async (place) => {
    const words = ["backfill", "takings", "--date", first, "--downstream"]
    expectDone(await runFreshet(place, ...words, "--save", "plan.json"))
    expect(await readRuns(place)).toEqual([])
    const edited = withEnvironment(place, { MARKET_TIP: "1" })
    await expectRefused(edited, "The code of `takings` changed after the plan was saved")
    landOrders(place, first, { pen: 7 })
    await expectRefused(place, "The landed files of `orders` changed after the plan was saved")
    landPrices(place, second, { pen: "9" })
    const { stderr } = await runFreshet(place, "apply", "plan.json", "--dry-run")
    expect(stderr).toContain("The landed files of `prices` changed after the plan was saved")
    landOrders(place, first, { pen: 2, ink: 1 })
    landPrices(place, second, { pen: "3", ink: "5" })
    expectDone(await runFreshet(place, "apply", "plan.json"))
    expect(await readNewestSteps(place)).toEqual([
      `items ${first} materialized`,
      `takings ${first} materialized`,
    ])
  })
})

test("a saved backfill keeps its flags: --only selects partitions, --downstream adds those that become stale", async () => {
  await withMarket(async (place) => {
    expectDone(await runFreshet(place, "backfill", "best", "--from", first, "--to", third))
    landPrices(place, first, { pen: "4", ink: "5" })
    const words = ["backfill", "takings", "--from", first, "--to", fourth, "--downstream"]
    const saved = await runFreshet(place, ...words, "--only", "stale", "--save", "plan.json")
    expectDone(saved)
    expect(saved.stderr).toContain("`freshet apply plan.json` does exactly this, or nothing.")
    expectDone(await runFreshet(place, "apply", "plan.json"))
    expect(await readNewestSteps(place)).toEqual([
      `takings ${first} materialized`,
      `best ${first} materialized`,
      `best ${second} materialized`,
    ])
  })
})

test("a plan file is replaced only with --force, and a damaged or foreign file is rejected with one message", async () => {
  await withMarket(async (place) => {
    const path = join(place.folder, "plan.json")
    expectDone(await runFreshet(place, "plan", "items", "--save", "plan.json"))
    const text = readFileSync(path, "utf8")
    const taken = await runFreshet(place, "plan", "takings", "--save", "plan.json")
    expect(taken).toMatchObject({ code: 2, stdout: "" })
    expect(taken.stderr).toContain("plan.json is there already.")
    expect(readFileSync(path, "utf8")).toBe(text)
    expectDone(await runFreshet(place, "plan", "takings", "--save", "plan.json", "--force"))
    const whole = readFileSync(path, "utf8")
    expect(whole).toContain("takings")
    for (const [content, message] of [
      [whole.slice(0, -40), "is damaged: it is not whole."],
      [whole.replace(`"from": "${fourth}"`, `"from": "${first}"`), "is damaged: what it says"],
      ['{"name":"freshet"}', "is no plan that Freshet saved."],
      ["PAR1", "is no plan that Freshet saved."],
      [whole.replace('"format": 1', '"format": 2'), "by another version of Freshet"],
    ] as const) {
      writeFileSync(path, content)
      await expectRefused(place, message, 2)
    }
    const { code, stderr } = await runFreshet(place, "apply", "plans.json")
    expect({ code, stderr }).toMatchObject({ code: 2 })
    expect(stderr).toContain("There is no file")
    const nowhere = await runFreshet(place, "plan", "items", "--save", "no/such/folder/plan.json")
    expect(nowhere.code).toBe(2)
    expect(nowhere.stderr).toContain("cannot be written")
    expect(await readRuns(place)).toEqual([])
  })
})

/** Nothing runs, and one sentence says why. */
async function expectRefused(place: DeclaredProject, message: string, exitCode = 9): Promise<void> {
  const before = await readNewestSteps(place)
  const { code, stdout, stderr } = await runFreshet(place, "apply", "plan.json")
  expect(stderr).toContain(message)
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" })
  expect(stderr.match(/^error: /gm)).toHaveLength(1)
  expect(await readNewestSteps(place)).toEqual(before)
}
