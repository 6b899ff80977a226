import { expect, test } from "vitest"

import { buildGraph, findPoolProblems } from "../../src/engine.ts"
import { sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, source } from "../declarations.ts"

const raw = source("raw")

function findProblems(policy: Parameters<typeof dailyAsset>[2]): readonly string[] {
  const result = buildGraph([raw, dailyAsset("a", sql`select n from ${raw}`, policy)])
  return result.kind === "problems" ? result.problems.map(({ message }) => message) : []
}

test("every wrong option of retries is a problem of the declaration", () => {
  const retries = { attempts: 1, backoffSeconds: -1, maxBackoffSeconds: Infinity }
  expect(findProblems({ retries })).toEqual([
    "retries.attempts of `a` is not a whole number from 2 to 20.",
    "retries.backoffSeconds of `a` is not a number of seconds from 0 to 86,400.",
    "retries.maxBackoffSeconds of `a` is not a number of seconds from 0 to 86,400.",
  ])
  expect(findProblems({ retries: { attempts: 20, backoffSeconds: 0.5 } })).toEqual([])
})

test.each([0, -1, Number.NaN, 604_801])("a time limit of %s seconds is a problem", (seconds) => {
  expect(findProblems({ timeoutSeconds: seconds })).toEqual([
    "timeoutSeconds of `a` is not a number of seconds above 0, up to 604,800.",
  ])
})

test("a pool that the configuration does not declare is a problem", () => {
  const { computations } = buildValidGraph(
    raw,
    dailyAsset("a", sql`select n from ${raw}`, { pool: "wether" }),
  )
  expect(findPoolProblems(computations, { wether: 1 })).toEqual([])
  expect(findPoolProblems(computations, { weather: 1 })).toMatchObject([
    {
      message: "`a` names the pool `wether`, which freshet.config.ts does not declare.",
      hint: expect.stringContaining("weather"),
    },
  ])
  expect(findPoolProblems(computations, {})).toMatchObject([
    { hint: "Declare it: pools: { wether: 2 }." },
  ])
})
