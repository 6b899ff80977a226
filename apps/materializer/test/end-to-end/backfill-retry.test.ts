import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import {
  landOrders,
  landPrices,
  readNewestSteps,
  marketDays,
  readRun,
  readRuns,
  countMaterializations,
  withMarket,
} from "./market/market-project.ts"

const [first, second, third, fourth] = marketDays
const range = ["--from", first, "--to", fourth]

test("one failed partition does not stop the others of a range, and a retry materializes it and its downstream partitions", async () => {
  await withMarket(async (place) => {
    landPrices(place, second, { pen: "three", ink: "5" })
    const failed = await runFreshet(place, "backfill", "best", ...range)
    expect(failed.code).toBe(3)
    const [run] = await readRuns(place)
    const id = run?.id ?? ""
    expect(failed.stderr).toContain(`\`freshet runs show ${id}\` tells how far it is`)
    expect(failed.stdout).toContain(
      `What was made is kept; \`freshet runs retry ${id}\` makes what is left.`,
    )
    expect(await readNewestSteps(place)).toEqual([
      ...marketDays.map((day) => `items ${day} materialized`),
      `takings ${first} materialized`,
      `takings ${second} failed`,
      `takings ${third} materialized`,
      `takings ${fourth} materialized`,
      `best ${first} materialized`,
      `best ${second} skipped`,
      `best ${third} skipped`,
      `best ${fourth} materialized`,
    ])
    const shown = await runFreshet(place, "runs", "show", id)
    expect(shown.stdout).toMatch(
      new RegExp(
        `takings +4 of 4  failed ${second}; materialized ${first}, ${third} to ${fourth}$`,
        "m",
      ),
    )
    landPrices(place, second, { pen: "3", ink: "5" })
    const retried = await runFreshet(place, "runs", "retry", id)
    expectDone(retried)
    expect(await readNewestSteps(place)).toEqual([
      `takings ${second} materialized`,
      `best ${second} materialized`,
      `best ${third} materialized`,
    ])
    const again = await runFreshet(place, "runs", "retry", id)
    expectDone(again)
    expect(again.stdout).toContain("Nothing is stale: everything asked for is up to date.")
    expect((await readRuns(place)).map(({ outcome }) => outcome)).toEqual(["succeeded", "failed"])
  })
})

test("--only selects failed, missing or stale partitions, with their stale upstreams", async () => {
  await withMarket(async (place) => {
    landPrices(place, second, { pen: "three", ink: "5" })
    const until = ["--from", first, "--to", third]
    expect((await runFreshet(place, "backfill", "takings", ...until)).code).toBe(3)
    landOrders(place, first, { pen: 4 })
    const preview = async (only: string) => {
      const words = ["backfill", "takings", ...range, "--dry-run", "--json", "--only", only]
      const { stdout } = await runFreshet(place, ...words)
      // what the command promises
      const { steps } = JSON.parse(stdout) as {
        steps: readonly { computation: string; partitions: readonly { from: string }[] }[]
      }
      return steps.map(
        ({ computation, partitions }) =>
          `${computation} ${partitions.map(({ from }) => from).join()}`,
      )
    }
    expect(await preview("failed")).toEqual([`takings ${second}`])
    expect(await preview("missing")).toEqual([`items ${fourth}`, `takings ${fourth}`])
    expect(await preview("stale")).toEqual([`items ${first}`, `takings ${first}`])
    expect(await preview("all")).toEqual([
      `items ${first}`,
      `items ${fourth}`,
      `takings ${first}`,
      `takings ${second}`,
      `takings ${fourth}`,
    ])
    const before = await countMaterializations(place)
    landOrders(place, first, { pen: 2, ink: 1 })
    const words = ["backfill", "takings", ...range, "--only", "missing"]
    const { stdout } = await runFreshet(place, ...words, "--dry-run")
    expect(stdout).toContain(`= takings ${first}, ${third}: up to date already`)
    expect(stdout).toContain(`= takings ${second}: failed, which was not asked for`)
    expectDone(await runFreshet(place, ...words))
    const after = await countMaterializations(place)
    const made = [...after].filter(([step, times]) => times !== before.get(step))
    expect(made.map(([step]) => step).toSorted()).toEqual([`items ${fourth}`, `takings ${fourth}`])
  })
})

test("a run whose steps are all unchanged succeeds and leaves nothing stale", async () => {
  await withMarket(async (place) => {
    expectDone(await runFreshet(place, "backfill", "best", ...range))
    for (const day of marketDays) landOrders(place, day, { ink: 1, pen: 2 })
    const ended = await runFreshet(place, "backfill", "best", ...range)
    expectDone(ended)
    const steps = await readNewestSteps(place)
    expect(steps.filter((step) => step.startsWith("items"))).toEqual(
      marketDays.map((day) => `items ${day} materialized`),
    )
    expect(steps.slice(marketDays.length).every((step) => step.endsWith("unchanged"))).toBe(true)
    const [run] = await readRuns(place)
    expect(run).toMatchObject({ outcome: "succeeded", steps: 12 })
    const { progress } = await readRun(place, run?.id ?? "")
    expect(progress.map(({ planned, ended: done }) => [planned, done])).toEqual([
      [4, 4],
      [4, 4],
      [4, 4],
    ])
    expect((await runFreshet(place, "plan", "best", ...range, "--exit-code")).code).toBe(0)
  })
})
