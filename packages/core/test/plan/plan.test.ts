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
import { afterDay, dailyAsset, day, buildValidGraph, source } from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  requestEverything,
  land,
  proveProject,
} from "../memory-project.ts"
import { createMemoryProject, createProjectWithDays, run, listStepIds } from "../memory-project.ts"
import { listPlanLines } from "../plan-lines.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)
const week = dailyAsset("week", sql`from ${last(3, a)}`)
const recs = dailyAsset("recs", sql`from ${week}`)
const graph = buildValidGraph(raw, a, week, recs)

function planFor(
  project: MemoryProject,
  graph: Graph,
  targets: Record<string, [number, number]>,
): Plan {
  const ranges = Object.entries(targets).map(
    ([name, [from, to]]) => [name, [{ from: day(from), to: day(to) }]] as const,
  )
  return buildPlan(evaluateProject(project, graph), { targets: new Map(ranges), publish: true })
}

/** Plans these targets and lists the steps: `a 3`. */
function planStepIds(
  project: MemoryProject,
  graph: Graph,
  targets: Record<string, [number, number]>,
) {
  const steps = listStepIds(evaluateProject(project, graph), planFor(project, graph, targets))
  return steps.map((id) => id.replace("2026-01-0", ""))
}

const explainPlan = (project: MemoryProject, graph: Graph, plan: Plan) =>
  listPlanLines(evaluateProject(project, graph), plan)

describe("buildPlan", () => {
  test("plans only the targets and their upstreams", () => {
    const project = createProjectWithDays([1, 2, 3, 4, 5, 6])
    expect(planStepIds(project, graph, { recs: [5, 5] })).toEqual([
      "a 3",
      "a 4",
      "a 5",
      "week 5",
      "recs 5",
    ])
  })

  test("leaves out fresh partitions", async () => {
    const project = createProjectWithDays([1, 2, 3, 4, 5])
    await run(project, graph, () => ({
      targets: new Map([["week", [{ from: day(4), to: day(4) }]]]),
      publish: false,
    }))
    expect(planStepIds(project, graph, { recs: [4, 5] })).toEqual([
      "a 5",
      "week 5",
      "recs 4",
      "recs 5",
    ])
  })

  test("lists each computation after its upstreams, with its partitions in order", () => {
    const { work } = planFor(createProjectWithDays([1, 2, 4]), graph, { recs: [1, 4] })
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

  test("plans only the targets in the requested state, with their stale upstreams", async () => {
    const project = createProjectWithDays([1, 2, 3, 4])
    await run(project, graph, () => ({
      targets: new Map([["recs", [{ from: day(1), to: day(2) }]]]),
      publish: false,
    }))
    land(project, "raw", day(1), "corrected")
    const only = (state: "missing" | "stale" | "failed") => {
      const evaluation = evaluateProject(project, graph)
      const targets = new Map([["recs", [{ from: day(1), to: day(3) }]]])
      const plan = buildPlan(evaluation, { targets, only: state, publish: false })
      return listStepIds(evaluation, plan).map((id) => id.replace("2026-01-0", ""))
    }
    expect(only("missing")).toEqual(["a 1", "a 3", "week 3", "recs 3"])
    expect(only("stale")).toEqual(["a 1", "week 1", "week 2", "recs 1", "recs 2"])
    expect(only("failed")).toEqual([])
  })

  test("plans previous partitions back to the first that is not fresh", async () => {
    const sum = dailyAsset("sum", sql`from ${raw}, ${previous()}`)
    const graph = buildValidGraph(raw, sum)
    const project = createProjectWithDays([1, 2, 3, 4, 5])
    await run(project, graph)
    land(project, "raw", day(3), "corrected")
    expect(planStepIds(project, graph, { sum: [5, 5] })).toEqual(["sum 3", "sum 4", "sum 5"])
  })

  test("lists blocked partitions and their downstream with the blocker instead of planning them", () => {
    const project = createProjectWithDays([1, 3])
    expect(planStepIds(project, graph, { recs: [1, 3] })).toEqual([
      "a 1",
      "a 3",
      "week 1",
      "recs 1",
    ])
    const plan = planFor(project, graph, { recs: [1, 3] })
    expect(explainPlan(project, graph, plan).slice(-4)).toEqual([
      "a 2026-01-02: waits for raw/2026-01-02.json (raw)",
      "week 2026-01-02 to 2026-01-03: blocked by a 2026-01-02",
      "recs 2026-01-02: blocked by week 2026-01-02",
      "recs 2026-01-03: blocked by week 2026-01-03",
    ])
  })

  test("plans no work for targets that do not exist", () => {
    expect(planFor(createProjectWithDays([1]), graph, { a: [5, 9] })).toMatchObject({
      work: [],
      blocked: [],
    })
  })

  test("plans changed checks on fresh partitions without computing them", async () => {
    const project = createProjectWithDays([1, 2])
    await run(project, buildValidGraph(raw, a))
    const checked = buildValidGraph(
      raw,
      dailyAsset("a", sql`from ${raw}`, { checks: [unique("n")] }),
    )
    land(project, "raw", day(3), "r3")
    const plan = planFor(project, checked, { a: [1, 3] })
    expect(explainPlan(project, checked, plan)).toEqual([
      "check a 2026-01-01 to 2026-01-02: its checks changed",
      "a 2026-01-03: never materialized",
    ])
    await run(project, checked)
    expect(planStepIds(project, checked, { a: [1, 3] })).toEqual([])
  })
})

describe("checks that changed while an upstream is rebuilt", () => {
  test("run on rows that prove to be unchanged", async () => {
    const same = createMemoryProject(afterDay(20), { rows: (_, asset) => asset })
    land(same, "raw", day(1), "r1")
    await run(same, buildValidGraph(raw, a, dailyAsset("b", sql`from ${a}`)))
    land(same, "raw", day(1), "corrected")
    const checked = buildValidGraph(
      raw,
      a,
      dailyAsset("b", sql`from ${a}`, { checks: [unique("n")] }),
    )
    same.computed.length = 0
    const result = await run(same, checked)
    expect(result.steps.get("b 2026-01-01")).toEqual({ kind: "checked" })
    expect(same.computed).toEqual(["a 2026-01-01", "check b 2026-01-01"])
    expect((await run(same, checked)).planned).toEqual([])
  })
})

test("listNewestTargets lists the newest existing partitions of assets", () => {
  const evaluation = evaluateProject(createProjectWithDays([1, 2, 4]), graph)
  expect([...listNewestTargets(evaluation, ["recs", "raw", "nothing"])]).toEqual([
    ["recs", [{ from: day(4), to: day(4) }]],
  ])
  expect([
    ...listNewestTargets(evaluateProject(createProjectWithDays([]), graph), ["recs"]),
  ]).toEqual([])
})

test("listNewestTargets adds the newest partition that all assets of a publication set have", () => {
  const table = { $inferInsert: {} }
  const made = dailyAsset("made", sql`select 1`, { publish: publishTo(table, { set: "s" }) })
  const read = dailyAsset("read", sql`from ${raw}`, {
    publish: publishTo({ ...table }, { set: "s" }),
  })
  const evaluation = evaluateProject(
    createProjectWithDays([1, 2, 4]),
    buildValidGraph(raw, made, read),
  )
  const dayRange = (from: number) => ({ from: day(from), to: day(from) })
  expect([...listNewestTargets(evaluation, ["made", "read"])]).toEqual([
    ["made", [dayRange(4), dayRange(20)]],
    ["read", [dayRange(4)]],
  ])
})

describe("findStaleDownstream", () => {
  test("finds materialized partitions that read the planned ones, directly or not", async () => {
    const project = createProjectWithDays([1, 2, 3, 4, 5])
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

  test("leaves out planned partitions and partitions without a materialization", async () => {
    const project = createProjectWithDays([1, 2])
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
  const published = buildValidGraph(raw, a, week, userRecs, reasons)
  const all = async (project: MemoryProject, graph: Graph) => {
    const evaluation = await proveProject(project, graph)
    return listPlanLines(evaluation, buildPlan(evaluation, requestEverything(evaluation)))
  }

  test("prints the steps, publications and blocked partitions of a first plan", async () => {
    expect(await all(createProjectWithDays([1, 2, 4]), published)).toMatchInlineSnapshot(`
      [
        "a 2026-01-01 to 2026-01-02, 2026-01-04: never materialized",
        "week 2026-01-01 to 2026-01-02: never materialized",
        "user_recs 2026-01-01 to 2026-01-02: never materialized",
        "reasons 2026-01-01 to 2026-01-02: never materialized",
        "publish recs 2026-01-02: user_recs, reasons",
        "a 2026-01-03: waits for raw/2026-01-03.json (raw)",
        "week 2026-01-03 to 2026-01-04: blocked by a 2026-01-03",
        "user_recs 2026-01-03: blocked by week 2026-01-03",
        "user_recs 2026-01-04: blocked by week 2026-01-04",
        "reasons 2026-01-03: blocked by week 2026-01-03",
        "reasons 2026-01-04: blocked by week 2026-01-04",
      ]
    `)
  })

  test("prints the causes of stale partitions", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, published)
    land(project, "raw", day(2), "corrected")
    const edited = dailyAsset("week", sql`from ${last(2, a)}`)
    const user = dailyAsset("user_recs", sql`from ${edited}`, {
      publish: publishTo(tables[0], { set: "recs" }),
    })
    expect(await all(project, buildValidGraph(raw, a, edited, user))).toMatchInlineSnapshot(`
      [
        "a 2026-01-02: its inputs changed",
        "week 2026-01-01: its code changed",
        "week 2026-01-02 to 2026-01-03: its code changed; upstream a 2026-01-02 will be rebuilt",
        "user_recs 2026-01-01 to 2026-01-03: upstream week 2026-01-01 to 2026-01-03 will be rebuilt",
        "publish recs 2026-01-03: user_recs",
      ]
    `)
  })

  test("prints nothing for an empty plan", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, published)
    expect(await all(project, published)).toEqual([])
  })

  test("formatPartitions formats ranges", () => {
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

  test("formatCause and formatRead format causes and reads as words", () => {
    const changed = [{ asset: "a", partitions: toRanges([day(1)]) }]
    expect(formatCause(graph, { kind: "input", changed })).toBe("a 2026-01-01 changed")
    expect(formatCause(graph, { kind: "input", changed: [] })).toBe("its inputs changed")
    expect(formatCause(graph, { kind: "code" })).toBe("its code changed")
    expect(formatRead("a", last(7, a).window)).toBe("a (last 7)")
    expect(formatRead("a", { kind: "same" })).toBe("a")
  })
})
