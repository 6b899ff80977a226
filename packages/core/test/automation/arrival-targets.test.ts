import { expect, test } from "vitest"

import { type Graph, listArrivalTargets } from "../../src/engine.ts"
import { all, last, previous, sql, upTo } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, day, source } from "../declarations.ts"
import { createProjectWithDays, evaluateProject, land, run } from "../memory-project.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)
const week = dailyAsset("week", sql`from ${last(3, a)}`)
const total = dailyAsset("total", sql`from ${upTo(a)}`)
const graph = buildValidGraph(raw, a, week, total)

/** Materializes days 1 to 8, lands `arrived` again, and lists the targets: `a 4`. */
async function listTargets(declared: Graph, arrivedDays: readonly number[]) {
  const project = createProjectWithDays([1, 2, 3, 4, 5, 6, 7, 8])
  await run(project, declared)
  for (const dayOfMonth of arrivedDays) land(project, "raw", day(dayOfMonth), "changed")
  const assets = declared.computations.map(({ name }) => name)
  const keys = arrivedDays.map((dayOfMonth) => `2026-01-${String(dayOfMonth).padStart(2, "0")}`)
  const targets = listArrivalTargets(evaluateProject(project, declared), assets, { raw: keys })
  return [...targets].map(([name, ranges]) => {
    const texts = ranges.map(({ from, to }) => `${from - day(0)}-${to - day(0)}`)
    return `${name} ${texts.join(" ")}`
  })
}

test("a new partition makes itself due", async () => {
  expect(await listTargets(graph, [9])).toEqual(["a 9-9", "week 9-9", "total 9-9"])
})

test("a late partition makes the partitions due that read it, and the newest ones", async () => {
  expect(await listTargets(graph, [4])).toEqual(["a 4-4 8-8", "week 4-6 8-8", "total 4-8"])
})

test("partitions that were never materialized are not due through a window without end", async () => {
  const project = createProjectWithDays([1, 2, 3, 4, 5, 6, 7, 8])
  const targets = listArrivalTargets(evaluateProject(project, graph), ["total"], {
    raw: ["2026-01-02"],
  })
  expect(targets).toEqual(
    new Map([
      [
        "total",
        [
          { from: day(2), to: day(2) },
          { from: day(8), to: day(8) },
        ],
      ],
    ]),
  )
})

test("an asset that reads its previous partition is due from the late partition on", async () => {
  const chain = dailyAsset("chain", sql`from ${raw} union all from ${previous()}`)
  expect(await listTargets(buildValidGraph(raw, chain), [4])).toEqual(["chain 4-8"])
})

test("every materialized partition of a reader of the whole source is due", async () => {
  const whole = dailyAsset("whole", sql`from ${all(raw)}`)
  expect(await listTargets(buildValidGraph(raw, whole), [4])).toEqual(["whole 1-20"])
})
