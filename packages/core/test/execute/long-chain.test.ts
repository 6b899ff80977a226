import { expect, test } from "vitest"

import { type Asset, sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset } from "../declarations.ts"
import { createProjectWithDays, run } from "../memory-project.ts"
import { raw } from "./chain.ts"

test("the records of a long chain are read from the ledger for many steps at a time", async () => {
  const assets: Asset[] = [dailyAsset("a0", sql`from ${raw}`)]
  for (let at = 1; at < 250; at += 1)
    assets.push(dailyAsset(`a${at}`, sql`from ${assets[at - 1] as Asset}`))
  let lookups = 0
  const beforeLookup = () => void (lookups += 1)
  const project = createProjectWithDays([1], { beforeLookup })
  const result = await run(project, buildValidGraph(raw, ...assets))
  expect(result.steps.size).toBe(250)
  expect(lookups).toBe(3)
})
