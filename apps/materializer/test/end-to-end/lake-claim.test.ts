import { rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { allShopDays, withShop } from "./shop.ts"
import { listStoredFiles } from "./stored-files.ts"

test("a lake belongs to the ledger that wrote to it first: another ledger can neither write nor delete there until the claim is removed", async () => {
  await withShop(async (owner) => {
    expectDone(await runFreshet(owner, "materialize"))
    const files = listStoredFiles(owner)
    await withShop(async (other) => {
      const environment = { ...other.environment, FRESHET_LAKE: owner.lake }
      const intruder = { ...other, environment }
      for (const words of [["materialize"], ["gc", "--grace", "0"], ["gc", "--dry-run"]]) {
        const { code, stderr } = await runFreshet(intruder, ...words)
        expect([words, code]).toEqual([words, 2])
        expect(stderr).toContain(`The lake ${owner.lake} belongs to another ledger.`)
        expect(stderr).toContain(`remove ${owner.lake}/.owner`)
      }
      expect(listStoredFiles(owner)).toEqual(files)
      expectDone(await runFreshet(owner, "backfill", "best", ...allShopDays))

      rmSync(join(owner.lake, ".owner"))
      expectDone(await runFreshet(intruder, "materialize"))
      expect((await runFreshet(owner, "gc")).code).toBe(2)
    })
  })
})

test("gc deletes the files of wiped assets in a lake that the ledger has claimed", async () => {
  await withShop(async (project) => {
    expectDone(await runFreshet(project, "materialize"))
    for (const asset of ["best", "items"])
      expectDone(await runFreshet(project, "wipe", asset, "--all", "--yes"))
    expectDone(await runFreshet(project, "gc", "--grace", "0"))
    expect(listStoredFiles(project)).toEqual([])
  })
})
