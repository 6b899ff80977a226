import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { allShopDays, declareShop, landOrders, shopDays, withShop } from "./shop.ts"

const [first, , , newest] = shopDays

test("rows that fail a new check are reported by every run until they are fixed, with exit 4", async () => {
  await withShop(async (project) => {
    expectDone(await runFreshet(project, "materialize"))
    await project.declare(declareShop({ maxOrders: 5 }))
    const found = await runFreshet(project, "materialize")
    expect(found.code).toBe(4)
    expect(found.stderr).toContain(`check items ${newest}: checked, check seldom failed`)
    expect(found.stdout).not.toContain("runs retry")
    for (let time = 0; time < 2; time += 1) {
      const later = await runFreshet(project, "materialize")
      expect(later).toMatchObject({
        code: 4,
        stdout: [
          `x items ${newest}: checks failed`,
          `x best ${newest}: blocked by failed checks of items ${newest}`,
          "Nothing is stale, but rows fail checks: fix their inputs or the checks.",
          "",
        ].join("\n"),
      })
    }
    const { stdout } = await runFreshet(project, "materialize", "--json")
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "nothing",
      remaining: {
        failed_checks: [{ asset: "items" }, { asset: "best", blocker: `items ${newest}` }],
      },
    })
    expect((await runFreshet(project, "why", "best")).stdout).toContain(
      `But it is blocked by items ${newest}, which fails a check`,
    )
    expect((await runFreshet(project, "status")).stdout).toContain("1 with failed checks")
    await project.declare(declareShop({ maxOrders: 6 }))
    expectDone(await runFreshet(project, "materialize"))
    expect((await runFreshet(project, "materialize")).stdout).toBe(
      "Nothing is stale: all requested partitions are fresh.\n",
    )
  })
})

test("steps that one failure blocks are one line", () =>
  withShop(
    async (project) => {
      expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
      landOrders(project, first, 9)
      const { code, stderr } = await runFreshet(project, "backfill", "best", ...allShopDays)
      expect(code).toBe(4)
      const lines = stderr.split("\n").filter((line) => line.includes("skipped"))
      expect(lines).toEqual([
        expect.stringMatching(`Z  3 steps skipped; best ${first} is blocked by items ${first}$`),
      ])
    },
    declareShop({ maxOrders: 8 }),
  ))
