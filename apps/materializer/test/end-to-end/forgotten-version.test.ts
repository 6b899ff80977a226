import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { declareShop, withMaterializedShop } from "./shop.ts"

function declareDoubled(version: string, factor: number): string {
  return declareShop({
    moreAssets: {
      names: "doubled",
      code: `
        const doubled = codeAsset({
          ...common,
          name: "doubled",
          version: "${version}",
          description: "Items and a multiple of their orders.",
          columns: { item: text("What."), orders: int64("How often.") },
          upstream: { items },
          async *compute({ items }) {
            for await (const row of items) yield { ...row, orders: row.orders * ${factor}n }
          },
        })`,
    },
  })
}

test("a changed function with the same version is a warning, and verify names it before it speaks of determinism", async () => {
  await withMaterializedShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", "doubled"))
      const warning = "The code of `doubled` changed, and its `version` did not"
      for (const command of ["plan", "status"])
        expect((await runFreshet(project, command)).stderr).not.toContain(warning)

      await project.declare(declareDoubled("1", 3))
      for (const command of ["plan", "status"]) {
        const { code, stderr } = await runFreshet(project, command)
        expect({ code, isWarned: stderr.includes(warning) }).toEqual({ code: 0, isWarned: true })
      }
      const { code, stdout, stderr } = await runFreshet(project, "verify", "doubled")
      expect(code).toBe(10)
      expect(stderr).toContain(warning)
      expect(stdout).toContain("was computed by other code of the same `version`")
      expect(stdout).not.toContain("not deterministic")

      await project.declare(declareDoubled("2", 3))
      expectDone(await runFreshet(project, "materialize", "doubled"))
      expectDone(await runFreshet(project, "verify", "doubled"))
      expect((await runFreshet(project, "status")).stderr).not.toContain(warning)
    },
    declareDoubled("1", 2),
  )
})
