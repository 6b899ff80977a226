import { describe, expect, test } from "vitest"

import {
  FreshetError,
  emptyVersion,
  formatPartitions,
  formatStatus,
  getAsset,
  getAssetStatus,
  listChangedInputs,
  listRangesWhere,
  toRanges,
  toStateKind,
  type Graph,
  type Status,
} from "../../src/engine.ts"
import {
  all,
  last,
  latest,
  previous,
  sql,
  unpartitioned,
  type AnyAsset,
  type Sql,
} from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildGraphOf, snapshotSource, source } from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  land,
  createMemoryProject,
  run,
} from "../memory-project.ts"

const raw = source("raw")
const users = snapshotSource("users")

function createProject(days: readonly number[]): MemoryProject {
  const project = createMemoryProject(afterDay(20))
  for (const dayOfMonth of days) land(project, "raw", day(dayOfMonth), `r${dayOfMonth}`)
  return project
}

const status = (project: MemoryProject, graph: Graph, name: string, on: number): Status =>
  getAssetStatus(evaluateProject(project, graph), graph.assets.get(name)!, day(on))

/** The days of an asset that have this status, as `3 to 9`. */
function days(project: MemoryProject, graph: Graph, name: string, kind: Status["kind"]): string {
  const { computation } = getAsset(graph, name)
  return listRangesWhere(
    evaluateProject(project, graph),
    computation,
    (bits) => toStateKind(bits) === kind,
  )
    .map(({ from, to }) => ({ from: from - day(0), to: to - day(0) }))
    .map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`))
    .join(", ")
}

const a = dailyAsset("a", sql`from ${raw}`)
const week = dailyAsset("week", sql`from ${last(7, a)}`)
const newest = dailyAsset("newest", sql`from ${week}`)
const graph = buildGraphOf(raw, a, week, newest)

describe("a partition", () => {
  test("that was never made is missing", () => {
    expect(status(createProject([1]), graph, "a", 1)).toEqual({
      kind: "missing",
      blocker: undefined,
      causes: [],
    })
  })

  test("is fresh when it was made from exactly what would be read now", async () => {
    const project = createProject([1, 2, 3])
    await run(project, graph)
    for (const name of ["a", "week", "newest"])
      expect(days(project, graph, name, "fresh")).toBe("1 to 3")
  })

  test("is stale when its code changed, and what reads it will be made anew", async () => {
    const project = createProject([1])
    await run(project, graph)
    const edited = dailyAsset("a", sql`from ${raw} where true`)
    const downstream = dailyAsset("week", sql`from ${last(7, edited)}`)
    const later = buildGraphOf(raw, edited, downstream)
    expect(status(project, later, "a", 1)).toMatchObject({
      kind: "stale",
      causes: [{ kind: "code" }],
    })
    expect(status(project, later, "week", 1)).toMatchObject({
      kind: "stale",
      causes: [{ kind: "upstream", asset: "a", partitions: toRanges([day(1)]) }],
    })
  })

  test("is stale when a file was corrected, and fresh again when the file is as it was", async () => {
    const project = createProject([1, 2])
    await run(project, graph)
    land(project, "raw", day(1), "corrected")
    expect(days(project, graph, "a", "stale")).toBe("1")
    expect(status(project, graph, "a", 1)).toMatchObject({
      causes: [{ kind: "input", changed: [] }],
    })
    land(project, "raw", day(1), "r1")
    expect(days(project, graph, "a", "fresh")).toBe("1 to 2")
  })

  test("outside of what exists is missing, and a source's partition is always fresh", () => {
    const project = createProject([1])
    expect(status(project, graph, "a", 9)).toMatchObject({ kind: "missing" })
    expect(status(project, graph, "raw", 1)).toEqual({ kind: "fresh" })
  })
})

describe("staleness is exact and transitive", () => {
  test("a corrected file makes exactly the partitions stale whose windows contain its day", async () => {
    const project = createProject([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    await run(project, graph)
    land(project, "raw", day(4), "corrected")
    expect(days(project, graph, "a", "stale")).toBe("4")
    expect(days(project, graph, "week", "stale")).toBe("4 to 10")
    expect(days(project, graph, "newest", "stale")).toBe("4 to 10")
  })

  test("a late file in the middle does the same", async () => {
    const tolerant = source("raw", { whenMissing: "empty" })
    const b = dailyAsset("b", sql`from ${last(3, tolerant)}`)
    const late = buildGraphOf(tolerant, b)
    const project = createProject([1, 2, 3, 5, 6, 7, 8, 9])
    await run(project, late)
    land(project, "raw", day(4), "late")
    expect(days(project, late, "b", "stale")).toBe("4 to 6")
    expect(days(project, late, "b", "fresh")).toBe("1 to 3, 7 to 9")
  })

  test("a change runs along a chain of previous partitions to its end", async () => {
    const sum = dailyAsset("sum", sql`from ${raw}, ${previous()}`)
    const chain = buildGraphOf(raw, sum)
    const project = createProject([1, 2, 3, 4, 5])
    await run(project, chain)
    land(project, "raw", day(3), "corrected")
    expect(days(project, chain, "sum", "fresh")).toBe("1 to 2")
    expect(days(project, chain, "sum", "stale")).toBe("3 to 5")
    expect(status(project, chain, "sum", 5)).toMatchObject({
      causes: [{ kind: "upstream", asset: "sum", partitions: toRanges([day(4)]) }],
    })
  })

  test("a new day makes nothing older stale, except for what reads all of it", async () => {
    const total = dailyAsset("total", sql`from ${all(a)}`, { partitions: unpartitioned })
    const last2 = dailyAsset("last2", sql`from ${last(2, a)}`)
    const both = buildGraphOf(raw, a, last2, total)
    const project = createProject([1, 2])
    await run(project, both)
    land(project, "raw", day(3), "r3")
    expect(days(project, both, "last2", "fresh")).toBe("1 to 2")
    expect(days(project, both, "last2", "missing")).toBe("3")
    expect(getAssetStatus(evaluateProject(project, both), total, 0)).toMatchObject({
      kind: "stale",
    })
  })

  test("a changed snapshot makes every partition stale that reads it", async () => {
    const b = dailyAsset("b", sql`from ${raw}, ${users}`)
    const graph = buildGraphOf(raw, users, b)
    const project = createProject([1, 2])
    land(project, "users", 0, "u1")
    await run(project, graph)
    land(project, "users", 0, "u2")
    expect(days(project, graph, "b", "stale")).toBe("1 to 2")
  })

  test("the latest file is read until there is a later one", async () => {
    const daily = source("daily")
    const b = dailyAsset("b", sql`from ${raw}, ${latest(daily)}`)
    const graph = buildGraphOf(raw, daily, b)
    const project = createProject([1, 2, 3, 4])
    land(project, "daily", day(1), "d1")
    await run(project, graph)
    land(project, "daily", day(3), "d3")
    expect(days(project, graph, "b", "fresh")).toBe("1 to 2")
    expect(days(project, graph, "b", "stale")).toBe("3 to 4")
  })
})

describe("a day without a file", () => {
  test("keeps what reads it waiting, where the source says so, and all that follows from it", () => {
    const project = createProject([1, 3])
    expect(status(project, graph, "a", 2)).toEqual({
      kind: "missing",
      blocker: "the missing file of raw for 2026-01-02",
      causes: [],
    })
    expect(formatStatus(graph, status(project, graph, "a", 2))).toBe(
      "blocked by the missing file of raw for 2026-01-02",
    )
    expect(status(project, graph, "week", 3)).toMatchObject({ kind: "missing", blocker: undefined })
  })

  test("is a day without rows, where the source says that", async () => {
    const tolerant = source("raw", { whenMissing: "empty" })
    const b = dailyAsset("b", sql`from ${tolerant}`)
    const project = createProject([1, 3])
    await run(project, buildGraphOf(tolerant, b))
    const evaluation = evaluateProject(project, buildGraphOf(tolerant, b))
    expect(getAssetStatus(evaluation, b, day(2))).toEqual({ kind: "fresh" })
    expect(project.steps.find(({ partition }) => partition === day(2))?.reads).toEqual([
      { relation: "raw", asset: "raw", short: false, versions: [[day(2), emptyVersion]] },
    ])
  })

  test("a window that must be whole is waited for", () => {
    const strict = dailyAsset("b", sql`from ${last(3, raw, { onShortWindow: "error" })}`)
    const graph = buildGraphOf(raw, strict)
    const project = createProject([1, 2, 3])
    expect(status(project, graph, "b", 2)).toMatchObject({
      blocker: "the incomplete window of raw [last 3]",
    })
    expect(status(project, graph, "b", 3)).toMatchObject({ blocker: undefined })
  })

  test("a file that was taken away makes what it was read for stale and waiting", async () => {
    const project = createProject([1, 2, 3])
    await run(project, graph)
    land(project, "raw", day(2), undefined)
    expect(status(project, graph, "a", 2)).toMatchObject({
      kind: "stale",
      blocker: "the missing file of raw for 2026-01-02",
    })
  })
})

describe("a failure", () => {
  const broken = (project: MemoryProject) => {
    project.behaviour.beforeCompute = () => {
      throw new FreshetError("engine", "disk full\nat once")
    }
  }

  test("counts for as long as the same would be tried again", async () => {
    const project = createProject([1])
    broken(project)
    await run(project, buildGraphOf(raw, a))
    const failed = status(project, buildGraphOf(raw, a), "a", 1)
    expect(failed).toMatchObject({ kind: "failed", failure: { outcome: "failed" } })
    expect(formatStatus(graph, failed)).toBe("failed before: disk full")
    land(project, "raw", day(1), "corrected")
    expect(status(project, buildGraphOf(raw, a), "a", 1)).toMatchObject({ kind: "missing" })
  })

  test("of what was made before leaves what was made, and says why it was tried", async () => {
    const project = createProject([1])
    await run(project, buildGraphOf(raw, a))
    land(project, "raw", day(1), "corrected")
    broken(project)
    await run(project, buildGraphOf(raw, a))
    expect(status(project, buildGraphOf(raw, a), "a", 1)).toMatchObject({
      kind: "failed",
      causes: [{ kind: "input" }],
    })
    land(project, "raw", day(1), "r1")
    expect(status(project, buildGraphOf(raw, a), "a", 1)).toEqual({ kind: "fresh" })
  })
})

describe("changedInputs", () => {
  /** What is said to have changed since the newest materialization of day 3 was recorded. */
  function changed(project: MemoryProject, now: Graph, name = "x"): readonly string[] {
    const { computation } = getAsset(now, name)
    const then = project.steps.findLast(
      (step) => step.computation === name && step.partition === day(3),
    )
    return listChangedInputs(evaluateProject(project, now), computation, day(3), then!.reads).map(
      ({ asset, partitions }) => `${asset} ${formatPartitions(now, asset, partitions)}`,
    )
  }

  const reading = (query: Sql) => buildGraphOf(raw, users, a, dailyAsset("x", query))

  async function madeFrom(query: Sql): Promise<MemoryProject> {
    const project = createProject([1, 2, 3])
    land(project, "users", 0, "u")
    await run(project, reading(query))
    return project
  }

  test("finds nothing when nothing changed", async () => {
    const project = await madeFrom(sql`from ${last(2, raw)}`)
    expect(changed(project, reading(sql`from ${last(2, raw)}`))).toEqual([])
  })

  test("finds the partitions with another version, of sources and of assets", async () => {
    const query = sql`from ${last(3, raw)}, ${last(3, a)}, ${users}`
    const project = await madeFrom(query)
    for (const each of [1, 2]) land(project, "raw", day(each), "corrected")
    expect(changed(project, reading(query))).toEqual(["raw 2026-01-01 to 2026-01-02"])
    await run(project, buildGraphOf(raw, a))
    expect(changed(project, reading(query))).toEqual([
      "raw 2026-01-01 to 2026-01-02",
      "a 2026-01-01 to 2026-01-02",
    ])
  })

  test("finds a partition more, and a partition less", async () => {
    const project = await madeFrom(sql`from ${last(2, raw)}`)
    expect(changed(project, reading(sql`from ${last(2, raw)}, ${users}`))).toEqual(["users "])
    land(project, "raw", day(2), undefined)
    land(project, "raw", day(1), undefined)
    expect(changed(project, reading(sql`from ${last(2, raw)}`))).toEqual(["raw 2026-01-02"])
  })

  test("finds what is not read any more", async () => {
    const project = await madeFrom(sql`from ${raw}, ${users}`)
    expect(changed(project, reading(sql`from ${raw}`))).toEqual(["users "])
  })

  test("knows an asset under the name that it had before", async () => {
    const project = await madeFrom(sql`from ${a}`)
    const renamed = dailyAsset("b", sql`from ${raw}`, { previousNames: ["a"] })
    const now = buildGraphOf(raw, renamed, dailyAsset("x", sql`from ${renamed}`))
    expect(changed(project, now)).toEqual([])
  })
})

test("judging is pure: the same world gives the same statuses, and nothing is changed", async () => {
  const project = createProject([1, 2, 4])
  await run(project, graph)
  const [once, again] = [evaluateProject(project, graph), evaluateProject(project, graph)]
  expect(again.states).toEqual(once.states)
  const sources: readonly AnyAsset[] = [raw]
  expect(sources.map((each) => getAssetStatus(once, each, day(3)).kind)).toEqual(["fresh"])
})
