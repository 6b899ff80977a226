import { describe, expect, test } from "vitest"

import { FreshetError } from "../../src/engine.ts"
import { computeBackoffMs, isRetryable } from "../../src/execute/retry.ts"
import { sql, type Retries } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, day } from "../declarations.ts"
import {
  type Behaviour,
  createProjectWithDays,
  failedCheck,
  requestEverything,
  run,
} from "../memory-project.ts"
import { listOutcomes, raw } from "./chain.ts"

/** The graph `raw` → `a` → `b`, and `raw` → `other`, in which `a` is repeated. */
function buildRetryGraph(retries: Retries) {
  const a = dailyAsset("a", sql`select n from ${raw}`, { retries })
  const b = dailyAsset("b", sql`select n from ${a}`)
  const other = dailyAsset("other", sql`select 7, n from ${raw}`)
  return buildValidGraph(raw, a, b, other)
}

const graph = buildRetryGraph({ attempts: 3, backoffSeconds: 10 })

/** Fails the first attempts at `a`. */
function failAttempts(count: number, error: unknown = new Error("connection reset")) {
  let attempts = 0
  const beforeCompute: Behaviour["beforeCompute"] = (step) => {
    if (!step.startsWith("a ")) return
    attempts += 1
    if (attempts <= count) throw error
  }
  return beforeCompute
}

describe("the back-off", () => {
  test("doubles its limit with each attempt and takes a random part of it", () => {
    const retries = { attempts: 9, backoffSeconds: 2, maxBackoffSeconds: 60 }
    const limits = [1, 2, 3, 4, 5, 6, 7].map((attempt) => computeBackoffMs(retries, attempt, 1))
    expect(limits).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    expect(computeBackoffMs(retries, 3, 0.25)).toBe(2000)
    expect(computeBackoffMs(retries, 3, 0)).toBe(0)
  })

  test("is a second at first and five minutes at most by default", () => {
    expect(computeBackoffMs({ attempts: 2 }, 1, 1)).toBe(1000)
    expect(computeBackoffMs({ attempts: 20 }, 19, 1)).toBe(300_000)
  })
})

test.each([
  [new TypeError("fetch failed"), true],
  [new FreshetError("store", "no space left (ENOSPC)"), true],
  [new FreshetError("engine", "reset", { isTransient: true }), true],
  [new FreshetError("engine", "Binder Error"), false],
  [new FreshetError("check", "a check failed"), false],
  [new FreshetError("input", "too many lines in quarantine"), false],
])("%o is repeated: %s", (error, expected) => {
  expect(isRetryable(error)).toBe(expected)
})

test("a step is repeated until it succeeds, and its readers run once afterwards", async () => {
  const pauses: number[] = []
  const project = createProjectWithDays([1], {
    beforeCompute: failAttempts(2),
    pause: (ms) => void pauses.push(ms),
  })
  const result = await run(project, graph)
  expect(result.outcome).toBe("succeeded")
  expect(pauses).toEqual([5000, 10_000])
  expect(project.computed.filter((step) => step !== "other 2026-01-01")).toEqual([
    "a 2026-01-01",
    "a 2026-01-01",
    "a 2026-01-01",
    "b 2026-01-01",
  ])
  expect(project.attempts).toMatchObject([
    { computation: "a", attempt: 1, message: "connection reset", delayMs: 5000 },
    { computation: "a", attempt: 2, message: "connection reset", delayMs: 10_000 },
  ])
  expect(project.events).toContainEqual(
    expect.objectContaining({ kind: "attempt_failed", step: "a 2026-01-01", maxAttempts: 3 }),
  )
  expect(project.events).toContainEqual(
    expect.objectContaining({ kind: "step_ended", step: "a 2026-01-01", attempts: 3 }),
  )
  expect(project.steps.map(({ computation }) => computation).toSorted()).toEqual([
    "a",
    "b",
    "other",
  ])
})

test("the last attempt's failure is the failure of the step", async () => {
  const project = createProjectWithDays([1], { beforeCompute: failAttempts(3) })
  const result = await run(project, graph)
  expect(listOutcomes(result)).toEqual({
    "a 2026-01-01": "failed",
    "b 2026-01-01": "skipped",
    "other 2026-01-01": "materialized",
  })
  expect(project.attempts).toHaveLength(2)
})

test("the attempts of other processes at a step of the run count", async () => {
  const project = createProjectWithDays([1], { beforeCompute: failAttempts(1) })
  const attempt = { run: "run 1", computation: "a", partition: day(1), message: "connection reset" }
  const times = { startedMs: 0, endedMs: 0, delayMs: 0 }
  for (const number of [1, 2]) project.attempts.push({ ...attempt, ...times, attempt: number })
  expect(listOutcomes(await run(project, graph))).toMatchObject({ "a 2026-01-01": "failed" })
  expect(project.attempts).toHaveLength(2)
})

test("a step is free for other processes only when its failed attempt is recorded", async () => {
  const project = createProjectWithDays([1], { beforeCompute: failAttempts(1) })
  const claimsAtRecord: boolean[] = []
  project.behaviour.pause = () => void claimsAtRecord.push(project.claims.has(`a ${day(1)}`))
  const { push } = project.attempts
  project.attempts.push = (...records) => {
    claimsAtRecord.push(project.claims.has(`a ${day(1)}`))
    return push.apply(project.attempts, records)
  }
  await run(project, graph)
  expect(claimsAtRecord).toEqual([true, false])
})

test("a failed check and a mistake of the declaration are not repeated", async () => {
  const checked = createProjectWithDays([1], { checks: (name) => [failedCheck(name)] })
  expect(listOutcomes(await run(checked, graph))).toMatchObject({ "a 2026-01-01": "checks_failed" })
  const mistaken = createProjectWithDays([1], {
    beforeCompute: failAttempts(1, new FreshetError("engine", "column m is unknown")),
  })
  expect(listOutcomes(await run(mistaken, graph))).toMatchObject({ "a 2026-01-01": "failed" })
  expect([...checked.attempts, ...mistaken.attempts]).toEqual([])
})

test("a waiting step uses no slot, and its readers wait for it", async () => {
  const project = createProjectWithDays([1, 2], {
    beforeCompute: failAttempts(1),
    pause: async () => {
      while (!project.computed.includes("other 2026-01-02"))
        await new Promise((resolve) => setImmediate(resolve))
    },
  })
  const result = await run(project, graph, requestEverything, { concurrency: 1 })
  expect(result.outcome).toBe("succeeded")
  expect(project.computed.lastIndexOf("a 2026-01-01")).toBeGreaterThan(
    project.computed.indexOf("other 2026-01-02"),
  )
  expect(project.computed.indexOf("b 2026-01-01")).toBeGreaterThan(
    project.computed.lastIndexOf("a 2026-01-01"),
  )
})

test("a cancelled run does not repeat a waiting step", async () => {
  const project = createProjectWithDays([1], {
    beforeCompute: failAttempts(1),
    pause: () => {
      project.aborted = true
    },
  })
  const result = await run(project, graph)
  expect(result.outcome).toBe("interrupted")
  expect(result.steps.has("a 2026-01-01")).toBe(false)
})

test("with failFast a failure elsewhere ends a waiting step at once", async () => {
  const neverEnds = new Promise<void>(() => {})
  const failFirst = failAttempts(1)
  const project = createProjectWithDays([1], {
    beforeCompute: async (step) => {
      await failFirst(step)
      if (step.startsWith("other")) throw new FreshetError("engine", "broken")
    },
    pause: () => neverEnds,
  })
  const result = await run(project, graph, requestEverything, { failFast: true })
  expect(listOutcomes(result)).toEqual({ "a 2026-01-01": "failed", "other 2026-01-01": "failed" })
})

test("a lost ledger ends the pauses", async () => {
  const neverEnds = new Promise<void>(() => {})
  const project = createProjectWithDays([1], {
    beforeCompute: failAttempts(1),
    pause: () => neverEnds,
    beforeRecord: () => {
      throw new FreshetError("ledger", "lost")
    },
  })
  await expect(run(project, graph)).rejects.toThrow("lost")
})
