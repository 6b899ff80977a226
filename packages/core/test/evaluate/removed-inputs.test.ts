import { describe, expect, test } from "vitest"

import { getAssetStatus, type Graph } from "../../src/engine.ts"
import {
  all,
  daily,
  last,
  latest,
  previous,
  sql,
  unpartitioned,
  type Asset,
} from "../../src/index.ts"
import {
  afterDay,
  buildValidGraph,
  dailyAsset,
  day,
  partitionedSource,
  source,
} from "../declarations.ts"
import {
  type MemoryProject,
  createProjectWithDays,
  evaluateProject,
  land,
  proveProject,
  run,
} from "../memory-project.ts"
import { listPlanLines } from "../plan-lines.ts"

const raw = source("raw")
const recs = (salt = "") => dailyAsset("recs", sql`${salt} from ${raw}`)

/** `total` accumulates `recs`. */
function accumulate(daily: Asset, ...more: readonly Asset[]): Graph {
  return buildValidGraph(
    raw,
    daily,
    dailyAsset("total", sql`from ${daily}, ${previous()}`),
    ...more,
  )
}

/** Removes the files of the oldest days. */
function removeOldest(project: MemoryProject, ...days: readonly number[]): void {
  for (const dayOfMonth of days) land(project, "raw", day(dayOfMonth), undefined)
}

const planLines = async (project: MemoryProject, graph: Graph) =>
  listPlanLines(evaluateProject(project, graph), (await run(project, graph)).plan)

describe("the oldest files of a source that keeps what was computed from them", () => {
  test("leave rows that stand, and new days continue the accumulation", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, accumulate(recs()))
    removeOldest(project, 1, 2)
    expect((await run(project, accumulate(recs()))).planned).toEqual([])
    land(project, "raw", day(4), "r4")
    const { planned, publications } = await run(project, accumulate(recs()))
    expect([planned, publications]).toEqual([["recs 2026-01-04", "total 2026-01-04"], []])
    expect([...project.files.values()].at(-1)).toBe(
      "total(recs(r4)+total(recs(r3)+total(recs(r2)+total(recs(r1)))))",
    )
  })

  test("leave rows that stand when every file is removed", async () => {
    const project = createProjectWithDays([1, 2])
    await run(project, accumulate(recs()))
    removeOldest(project, 1, 2)
    expect((await run(project, accumulate(recs()))).planned).toEqual([])
    expect(evaluateProject(project, accumulate(recs())).bounds.get("total")).toEqual({
      from: day(1),
      to: day(2),
    })
  })

  test("leave rows that stand when every file of an ended source is removed", async () => {
    const files = partitionedSource("raw", daily({ start: "2026-01-01", end: "2026-01-03" }))
    const newest = dailyAsset("newest", sql`from ${latest(files)}`, { partitions: unpartitioned })
    const graph = buildValidGraph(files, newest)
    const project = createProjectWithDays([1, 2])
    await run(project, graph)
    removeOldest(project, 1, 2)
    expect((await run(project, graph)).planned).toEqual([])
    expect(evaluateProject(project, graph).bounds.has("newest")).toBe(true)
  })

  test("block the rows when their code changes", async () => {
    const project = createProjectWithDays([1, 2])
    await run(project, accumulate(recs()))
    removeOldest(project, 1)
    expect(await planLines(project, accumulate(recs("changed")))).toEqual([
      "recs 2026-01-02: its code changed",
      "recs 2026-01-01: blocked by raw/2026-01-01.json (raw), which is no longer landed",
      "total 2026-01-01: blocked by recs 2026-01-01",
      "total 2026-01-02: blocked by total 2026-01-01",
    ])
    land(project, "raw", day(1), "r1")
    expect((await run(project, accumulate(recs("changed")))).planned).toEqual([
      "recs 2026-01-01",
      "total 2026-01-01",
      "total 2026-01-02",
    ])
  })

  test("block an asset that reads all files, until its rows are wiped", async () => {
    const graph = buildValidGraph(
      raw,
      dailyAsset("whole", sql`from ${all(raw)}`, { partitions: { kind: "none" } }),
    )
    const project = createProjectWithDays([1, 2])
    await run(project, graph)
    removeOldest(project, 1)
    expect(await planLines(project, graph)).toEqual([])
    land(project, "raw", day(3), "r3")
    expect(await planLines(project, graph)).toEqual([
      "whole: blocked by raw/2026-01-01.json (raw), which is no longer landed",
    ])
    project.records.length = 0
    expect((await run(project, graph)).planned).toEqual(["whole all"])
    land(project, "raw", day(4), "r4")
    expect((await run(project, graph)).planned).toEqual(["whole all"])
    expect([...project.files.values()].at(-1)).toBe("whole(r2+r3+r4)")
  })

  test("do not hold up new partitions and new assets, whose windows begin with the first landed file", async () => {
    const week = dailyAsset("week", sql`from ${last(7, raw)}`)
    const late = dailyAsset("late", sql`from ${last(3, raw)}`)
    const project = createProjectWithDays([1, 2, 3])
    await run(project, buildValidGraph(raw, week))
    removeOldest(project, 1, 2)
    land(project, "raw", day(4), "r4")
    const graph = buildValidGraph(raw, week, late)
    expect((await run(project, graph)).planned).toEqual([
      "week 2026-01-04",
      "late 2026-01-03",
      "late 2026-01-04",
    ])
    expect((await run(project, graph)).planned).toEqual([])
    expect([...project.files.values()].slice(-3)).toEqual([
      "week(r3+r4)",
      "late(r3)",
      "late(r3+r4)",
    ])
  })

  test("leave a partition that only waits for an upstream as it is when the upstream is the same", async () => {
    const declare = (salt: string) => {
      const names = source("names")
      const upstream = dailyAsset("dim", sql`${salt} from ${names}`)
      return buildValidGraph(
        raw,
        names,
        upstream,
        dailyAsset("recs", sql`from ${raw}, ${upstream}`),
      )
    }
    const project = createProjectWithDays([1, 2])
    for (const dayOfMonth of [1, 2]) land(project, "names", day(dayOfMonth), "n")
    await run(project, declare("1"))
    removeOldest(project, 1)
    const same = await run(project, declare("2"))
    expect(Object.fromEntries([...same.steps].map(([step, { kind }]) => [step, kind]))).toEqual({
      "dim 2026-01-01": "materialized",
      "dim 2026-01-02": "materialized",
      "recs 2026-01-01": "unchanged",
      "recs 2026-01-02": "unchanged",
    })
    land(project, "names", day(1), "other")
    const other = await run(project, declare("2"))
    expect(other.steps.get("recs 2026-01-01")).toEqual({
      kind: "skipped",
      blocker: "raw/2026-01-01.json (raw), which is no longer landed",
    })
    expect(other.outcome).toBe("failed")
  })

  test("are proven like files that are landed", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, accumulate(recs()))
    removeOldest(project, 1)
    for (let time = 0; time < 2; time += 1) {
      const evaluation = await proveProject(project, accumulate(recs()))
      expect(getAssetStatus(evaluation, recs(), day(1))).toEqual({ kind: "fresh" })
    }
  })
})

describe("other files that are not landed", () => {
  test("leave the rows of an earlier run fresh when the clock has gone back since", async () => {
    const files = partitionedSource("raw", daily({ start: "2026-01-01" }), { whenMissing: "empty" })
    const sum = dailyAsset("sum", sql`from ${all(files)}`, { partitions: unpartitioned })
    const graph = buildValidGraph(files, sum)
    const project = createProjectWithDays([1], {}, 8)
    await run(project, graph)
    project.nowMs = afterDay(10)
    await run(project, graph)
    removeOldest(project, 1)
    expect((await run(project, graph)).planned).toEqual([])
    project.nowMs = afterDay(8)
    expect(getAssetStatus(await proveProject(project, graph), sum, 0).kind).toBe("fresh")
    expect((await run(project, graph)).planned).toEqual([])
  })

  test("are withdrawn when they are newer than every landed file", async () => {
    const project = createProjectWithDays([1, 2, 9])
    await run(project, buildValidGraph(raw, recs()))
    land(project, "raw", day(9), undefined)
    expect(evaluateProject(project, buildValidGraph(raw, recs())).bounds.get("recs")).toEqual({
      from: day(1),
      to: day(2),
    })
  })

  test("are retracted where the source declares it", async () => {
    const retracted = source("raw", { whenRemoved: "retract" })
    const daily = dailyAsset("recs", sql`from ${retracted}`)
    const graph = buildValidGraph(
      retracted,
      daily,
      dailyAsset("total", sql`from ${daily}, ${previous()}`),
    )
    const project = createProjectWithDays([1, 2])
    await run(project, graph)
    removeOldest(project, 1)
    expect((await run(project, graph)).planned).toEqual(["total 2026-01-02"])
  })
})

describe("a landed file that is no partition of its source is not a removed file", () => {
  const declareSum = (end?: string) => {
    const partitions = daily({ start: "2026-01-01", ...(end && { end }) })
    const files = partitionedSource("raw", partitions, { whenMissing: "gap" })
    return buildValidGraph(
      files,
      dailyAsset("sum", sql`from ${all(files)}`, { partitions: unpartitioned }),
    )
  }

  const exists = (project: MemoryProject, graph: Graph) =>
    evaluateProject(project, graph).bounds.has("sum")

  test("when the source ends before it", async () => {
    const project = createProjectWithDays([2, 3])
    await run(project, declareSum())
    expect(exists(project, declareSum("2026-01-01"))).toBe(false)
    expect(exists(project, declareSum())).toBe(true)
    expect((await run(project, declareSum())).planned).toEqual([])
  })

  test("when the clock was ahead", async () => {
    const project = createProjectWithDays([5])
    await run(project, declareSum())
    project.nowMs = afterDay(4)
    expect(exists(project, declareSum())).toBe(false)
  })
})
