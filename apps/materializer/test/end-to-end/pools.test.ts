import { rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { allShopDays, declareFetched, shopDays, withShop } from "./shop.ts"

/** Fails if another partition is computed at the same time. Each waits for the landed file `.go`. */
const exclusive = `
  const { existsSync, mkdirSync, rmdirSync } = await import("node:fs")
  const folder = process.env.FRESHET_HOME + "/fetching"
  try {
    mkdirSync(folder)
  } catch {
    throw new Error("two at once: " + partition)
  }
  while (!existsSync(process.env.FRESHET_LANDING + "/.go"))
    await new Promise((resolve) => setTimeout(resolve, 50))
  await new Promise((resolve) => setTimeout(resolve, 200))
  rmdirSync(folder)`

test("the steps of a pool of one run one after the other", () =>
  withShop(
    async (project) => {
      project.land(".go", "")
      expectDone(await runFreshet(project, "backfill", "fetched", ...allShopDays))
      rmSync(join(project.landing, ".go"))
      await project.declare(`${declareFetched("", exclusive)}\nexport const pools = { api: 1 }`)
      expectDone(await runFreshet(project, "wipe", "fetched", ...allShopDays, "--yes"))
      const shared = startFreshet(project, "backfill", "fetched", ...allShopDays)
      await shared.waitForOutput("two at once")
      project.land(".go", "")
      const { code, stdout } = await shared.result
      expect(code).toBe(3)
      expect(stdout).toContain("two at once")
    },
    `${declareFetched(`pool: "api",`, exclusive)}\nexport const pools = { api: 1 }`,
  ))

test("the steps of a pool of two runs at once run one after the other", () =>
  withShop(
    async (project) => {
      project.land(".go", "")
      const words = ["backfill", "fetched", "--from", shopDays[0], "--to", shopDays[1]]
      const others = ["backfill", "fetched", "--from", shopDays[2], "--to", shopDays[3]]
      const runs = [startFreshet(project, ...words), startFreshet(project, ...others)]
      for (const run of runs) expectDone(await run.result)
    },
    `${declareFetched(`pool: "api",`, exclusive)}\nexport const pools = { api: 1 }`,
  ))

test("a pool that is not declared, and a limit that is no number, are problems of the configuration", () =>
  withShop(
    async (project) => {
      const unknown = await runFreshet(project, "status")
      expect(unknown.code).toBe(2)
      expect(unknown.stderr).toContain("names the pool `api`, which freshet.config.ts does not")
      await project.declare(`${declareFetched("", "")}\nexport const pools = { api: 0 }`)
      const wrong = await runFreshet(project, "status")
      expect(wrong.code).toBe(2)
      expect(wrong.stderr).toContain("pools.api in freshet.config.ts must be above 0.")
    },
    declareFetched(`pool: "api",`, ""),
  ))
