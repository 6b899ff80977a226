import { describe, expect, test } from "vitest"

import {
  buildPlan,
  findStaleDownstream,
  formatCause,
  formatPartitions,
  formatRead,
  listNewestTargets,
  toRanges,
  type Graph,
  type Plan,
} from "../../src/engine.ts"
import { last, previous, publishTo, sql, unique } from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildGraphOf, source } from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  requestEverything,
  identity,
  land,
} from "../memory-project.ts"
import { createMemoryProject, run, listStepIds } from "../memory-project.ts"
import { listPlanLines } from "../plan-lines.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)
const week = dailyAsset("week", sql`from ${last(3, a)}`)
const recs = dailyAsset("recs", sql`from ${week}`)
const graph = buildGraphOf(raw, a, week, recs)

function createProject(days: readonly number[]): MemoryProject {
  const project = createMemoryProject(afterDay(20))
  for (const dayOfMonth of days) land(project, "raw", day(dayOfMonth), `r${dayOfMonth}`)
  return project
}

function planFor(
  project: MemoryProject,
  graph: Graph,
  targets: Record<string, [number, number]>,
): Plan {
  const asked = Object.entries(targets).map(
    ([name, [from, to]]) => [name, [{ from: day(from), to: day(to) }]] as const,
  )
  return buildPlan(
    evaluateProject(project, graph),
    { targets: new Map(asked), publish: true },
    identity,
  )
}

/** The steps of the plan for these targets: `a 3`. */
function ids(project: MemoryProject, graph: Graph, targets: Record<string, [number, number]>) {
  const steps = listStepIds(evaluateProject(project, graph), planFor(project, graph, targets))
  return steps.map((id) => id.replace("2026-01-0", ""))
}

const listLines = (project: MemoryProject, graph: Graph, plan: Plan) =>
  listPlanLines(evaluateProject(project, graph), plan)

describe("makePlan", () => {
  test("plans the targets and what they read, and nothing else", () => {
    const project = createProject([1, 2, 3, 4, 5, 6])
    expect(ids(project, graph, { recs: [5, 5] })).toEqual(["a 3", "a 4", "a 5", "week 5", "recs 5"])
  })

  test("leaves out what is fresh", async () => {
    const project = createProject([1, 2, 3, 4, 5])
    await run(project, graph, () => ({
      targets: new Map([["week", [{ from: day(4), to: day(4) }]]]),
      publish: false,
    }))
    expect(ids(project, graph, { recs: [4, 5] })).toEqual(["a 5", "week 5", "recs 4", "recs 5"])
  })

  test("each computation comes after what it reads, its partitions in order", () => {
    const { work } = planFor(createProject([1, 2, 4]), graph, { recs: [1, 4] })
    const days = work.map(({ computation, ranges }) => [
      computation.name,
      formatPartitions(graph, computation.name, ranges),
    ])
    expect(days).toEqual([
      ["a", "2026-01-01 to 2026-01-02, 2026-01-04"],
      ["week", "2026-01-01 to 2026-01-02"],
      ["recs", "2026-01-01 to 2026-01-02"],
    ])
  })

  test("plans only the targets in the state that is asked for, and what these need", async () => {
    const project = createProject([1, 2, 3, 4])
    await run(project, graph, () => ({
      targets: new Map([["recs", [{ from: day(1), to: day(2) }]]]),
      publish: false,
    }))
    land(project, "raw", day(1), "corrected")
    const only = (state: "missing" | "stale" | "failed") => {
      const evaluation = evaluateProject(project, graph)
      const targets = new Map([["recs", [{ from: day(1), to: day(3) }]]])
      const plan = buildPlan(evaluation, { targets, only: state, publish: false }, identity)
      return listStepIds(evaluation, plan).map((id) => id.replace("2026-01-0", ""))
    }
    expect(only("missing")).toEqual(["a 1", "a 3", "week 3", "recs 3"])
    expect(only("stale")).toEqual(["a 1", "week 1", "week 2", "recs 1", "recs 2"])
    expect(only("failed")).toEqual([])
  })

  test("goes back along previous partitions to the first that is not fresh", async () => {
    const sum = dailyAsset("sum", sql`from ${raw}, ${previous()}`)
    const graph = buildGraphOf(raw, sum)
    const project = createProject([1, 2, 3, 4, 5])
    await run(project, graph)
    land(project, "raw", day(3), "corrected")
    expect(ids(project, graph, { sum: [5, 5] })).toEqual(["sum 3", "sum 4", "sum 5"])
  })

  test("what waits, and what reads what waits, is not planned but said", () => {
    const project = createProject([1, 3])
    expect(ids(project, graph, { recs: [1, 3] })).toEqual(["a 1", "a 3", "week 1", "recs 1"])
    const plan = planFor(project, graph, { recs: [1, 3] })
    expect(listLines(project, graph, plan).filter((line) => line.includes("blocked"))).toEqual([
      "a 2026-01-02: blocked by the missing file of raw for 2026-01-02",
      "week 2026-01-02 to 2026-01-03: blocked by a 2026-01-02",
      "recs 2026-01-02: blocked by week 2026-01-02",
      "recs 2026-01-03: blocked by week 2026-01-03",
    ])
  })

  test("targets that do not exist are no work", () => {
    expect(planFor(createProject([1]), graph, { a: [5, 9] })).toMatchObject({
      work: [],
      blocked: [],
    })
  })

  test("changed checks are run again on rows that are fresh, and nothing is computed", async () => {
    const project = createProject([1, 2])
    await run(project, buildGraphOf(raw, a))
    const checked = buildGraphOf(raw, dailyAsset("a", sql`from ${raw}`, { checks: [unique("n")] }))
    land(project, "raw", day(3), "r3")
    const plan = planFor(project, checked, { a: [1, 3] })
    expect(listLines(project, checked, plan)).toEqual([
      "check a 2026-01-01 to 2026-01-02: its checks changed",
      "a 2026-01-03: never materialized",
    ])
    await run(project, checked)
    expect(ids(project, checked, { a: [1, 3] })).toEqual([])
  })
})

describe("checks that changed while an upstream was made anew", () => {
  test("run on rows that turn out unchanged", async () => {
    const same = createMemoryProject(afterDay(20), { rows: (_, asset) => asset })
    land(same, "raw", day(1), "r1")
    await run(same, buildGraphOf(raw, a, dailyAsset("b", sql`from ${a}`)))
    land(same, "raw", day(1), "corrected")
    const checked = buildGraphOf(raw, a, dailyAsset("b", sql`from ${a}`, { checks: [unique("n")] }))
    same.computed.length = 0
    const result = await run(same, checked)
    expect(result.steps.get("b 2026-01-01")).toEqual({ kind: "checked" })
    expect(same.computed).toEqual(["a 2026-01-01", "check b 2026-01-01"])
    expect((await run(same, checked)).planned).toEqual([])
  })
})

test("the newest targets are the newest partitions that exist, of assets", () => {
  const evaluation = evaluateProject(createProject([1, 2, 4]), graph)
  expect([...listNewestTargets(evaluation, ["recs", "raw", "nothing"])]).toEqual([
    ["recs", [{ from: day(4), to: day(4) }]],
  ])
  expect([...listNewestTargets(evaluateProject(createProject([]), graph), ["recs"])]).toEqual([])
})

describe("staleAfter", () => {
  test("is what was made before and reads what the plan makes, near or far", async () => {
    const project = createProject([1, 2, 3, 4, 5])
    await run(project, graph)
    land(project, "raw", day(2), "corrected")
    const evaluation = evaluateProject(project, graph)
    const plan = planFor(project, graph, { a: [2, 2] })
    const stale = [...findStaleDownstream(evaluation, plan)].map(([name, indexes]) => [
      name,
      formatPartitions(graph, name, indexes),
    ])
    expect(stale).toEqual([
      ["week", "2026-01-02 to 2026-01-04"],
      ["recs", "2026-01-02 to 2026-01-04"],
    ])
  })

  test("does not name what the plan itself makes, nor what was never made", async () => {
    const project = createProject([1, 2])
    const plan = planFor(project, graph, { recs: [1, 2] })
    expect([...findStaleDownstream(evaluateProject(project, graph), plan)]).toEqual([])
    expect([
      ...findStaleDownstream(
        evaluateProject(project, graph),
        planFor(project, graph, { a: [1, 1] }),
      ),
    ]).toEqual([])
  })
})

describe("explain", () => {
  const tables = [{ $inferInsert: {} }, { $inferInsert: {} }] as const
  const userRecs = dailyAsset("user_recs", sql`from ${week}`, {
    publish: publishTo(tables[0], { set: "recs" }),
  })
  const reasons = dailyAsset("reasons", sql`from ${week}, ${a}`, {
    publish: publishTo(tables[1], { set: "recs" }),
  })
  const published = buildGraphOf(raw, a, week, userRecs, reasons)
  const all = (project: MemoryProject, graph: Graph) => {
    const evaluation = evaluateProject(project, graph)
    return listPlanLines(evaluation, buildPlan(evaluation, requestEverything(evaluation), identity))
  }

  test("prints a first plan: what is made, published and waited for", () => {
    expect(all(createProject([1, 2, 4]), published)).toMatchInlineSnapshot(`
      [
        "a 2026-01-01 to 2026-01-02, 2026-01-04: never materialized",
        "week 2026-01-01 to 2026-01-02: never materialized",
        "user_recs 2026-01-01 to 2026-01-02: never materialized",
        "reasons 2026-01-01 to 2026-01-02: never materialized",
        "publish recs 2026-01-02: user_recs, reasons",
        "a 2026-01-03: blocked by the missing file of raw for 2026-01-03",
        "week 2026-01-03 to 2026-01-04: blocked by a 2026-01-03",
        "user_recs 2026-01-03: blocked by week 2026-01-03",
        "user_recs 2026-01-04: blocked by week 2026-01-04",
        "reasons 2026-01-03: blocked by week 2026-01-03",
        "reasons 2026-01-04: blocked by week 2026-01-04",
      ]
    `)
  })

  test("prints why a partition is made again", async () => {
    const project = createProject([1, 2, 3])
    await run(project, published)
    land(project, "raw", day(2), "corrected")
    const edited = dailyAsset("week", sql`from ${last(2, a)}`)
    const user = dailyAsset("user_recs", sql`from ${edited}`, {
      publish: publishTo(tables[0], { set: "recs" }),
    })
    expect(all(project, buildGraphOf(raw, a, edited, user))).toMatchInlineSnapshot(`
      [
        "a 2026-01-02: its inputs changed",
        "week 2026-01-01: its code changed",
        "week 2026-01-02 to 2026-01-03: its code changed; upstream a 2026-01-02 will be rebuilt",
        "user_recs 2026-01-01 to 2026-01-03: upstream week 2026-01-01 to 2026-01-03 will be rebuilt",
        "publish recs 2026-01-03: user_recs",
      ]
    `)
  })

  test("prints nothing when there is nothing to do", async () => {
    const project = createProject([1, 2, 3])
    await run(project, published)
    expect(all(project, published)).toEqual([])
  })

  test("partitions are written as ranges", () => {
    expect(toRanges([1, 2, 3, 5, 7, 8])).toEqual([
      { from: 1, to: 3 },
      { from: 5, to: 5 },
      { from: 7, to: 8 },
    ])
    expect(formatPartitions(graph, "a", toRanges([3, 4, 5, 9].map(day)))).toBe(
      "2026-01-03 to 2026-01-05, 2026-01-09",
    )
    expect(formatPartitions(graph, "unknown", toRanges([1]))).toBe("")
  })

  test("causes and reads are written in words", () => {
    const changed = [{ asset: "a", partitions: toRanges([day(1)]) }]
    expect(formatCause(graph, { kind: "input", changed })).toBe("a 2026-01-01 changed")
    expect(formatCause(graph, { kind: "input", changed: [] })).toBe("its inputs changed")
    expect(formatCause(graph, { kind: "code" })).toBe("its code changed")
    expect(formatRead("a", last(7, a).window)).toBe("a (last 7)")
    expect(formatRead("a", { kind: "same" })).toBe("a")
  })
})
