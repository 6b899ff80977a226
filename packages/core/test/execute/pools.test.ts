import { expect, test } from "vitest"

import { sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset } from "../declarations.ts"
import { createProjectWithDays, requestEverything, run } from "../memory-project.ts"
import { raw } from "./chain.ts"

const first = dailyAsset("first", sql`select n from ${raw}`, {
  pool: "api",
  retries: { attempts: 2 },
})
const second = dailyAsset("second", sql`select 2, n from ${raw}`, { pool: "api" })
const free = dailyAsset("free", sql`select 3, n from ${raw}`)
const graph = buildValidGraph(raw, first, second, free)

/** Runs four days of the graph, and counts the steps that ran at the same time: of the pool, and of all. */
async function countConcurrentSteps(pools: Readonly<Record<string, number>>) {
  const running = new Set<string>()
  const most = { pool: 0, all: 0 }
  const project = createProjectWithDays([1, 2, 3, 4], {
    beforeCompute: async (step) => {
      running.add(step)
      const pooled = [...running].filter((name) => !name.startsWith("free"))
      most.pool = Math.max(most.pool, pooled.length)
      most.all = Math.max(most.all, running.size)
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      running.delete(step)
    },
  })
  const result = await run(project, graph, requestEverything, { concurrency: 4, pools })
  expect(result.steps.size).toBe(12)
  return most
}

test("steps of a pool run within its limit, and other steps beside them", async () => {
  expect(await countConcurrentSteps({ api: 2 })).toEqual({ pool: 2, all: 4 })
  expect(await countConcurrentSteps({ api: 1 })).toEqual({ pool: 1, all: 4 })
  expect(await countConcurrentSteps({ api: 9 })).toMatchObject({ pool: 4, all: 4 })
})

test("a step that waits for its next attempt uses no slot of its pool", async () => {
  let hasFailed = false
  const project = createProjectWithDays([1], {
    beforeCompute: (step) => {
      if (!step.startsWith("first") || hasFailed) return
      hasFailed = true
      throw new Error("reset")
    },
    pause: async () => {
      while (!project.computed.includes("second 2026-01-01"))
        await new Promise((resolve) => setImmediate(resolve))
    },
  })
  const result = await run(project, graph, requestEverything, { pools: { api: 1 } })
  expect(result.outcome).toBe("succeeded")
})
