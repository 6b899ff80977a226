import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { declareShop, shopDays, withShop } from "./shop.ts"

const newest = shopDays[3]

test("rows that fail a new check are reported by every run until they are fixed, with exit 4", async () => {
  await withShop(async (project) => {
    expectDone(await runFreshet(project, "materialize"))
    await project.declare(declareShop({ maxOrders: 5 }))
    const found = await runFreshet(project, "materialize")
    expect(found.code).toBe(4)
    expect(found.stderr).toContain(`check items ${newest}: checked, checks failed: seldom`)
    expect(found.stdout).not.toContain("runs retry")
    for (let time = 0; time < 2; time += 1) {
      const later = await runFreshet(project, "materialize")
      expect(later).toMatchObject({
        code: 4,
        stdout: [
          `x items ${newest} fails its checks`,
          `x best ${newest} stands on items ${newest}, which fails its checks`,
          "Nothing is stale, but checks refuse rows that are there: mend what they come from, or the checks.",
          "",
        ].join("\n"),
      })
    }
    const { stdout } = await runFreshet(project, "materialize", "--json")
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "nothing",
      refused: [{ asset: "items" }, { asset: "best", stands_on: `items ${newest}` }],
    })
    expect((await runFreshet(project, "why", "best")).stdout).toContain(
      `But it is blocked by items ${newest}, which fails a check`,
    )
    expect((await runFreshet(project, "status")).stdout).toContain("1 with failed checks")
    await project.declare(declareShop({ maxOrders: 6 }))
    expectDone(await runFreshet(project, "materialize"))
    expect((await runFreshet(project, "materialize")).stdout).toBe(
      "Nothing is stale: everything asked for is up to date.\n",
    )
  })
})
