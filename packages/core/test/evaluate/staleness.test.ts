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
import { dailyAsset, day, buildValidGraph, snapshotSource, source } from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  land,
  createProjectWithDays,
  run,
} from "../memory-project.ts"

const raw = source("raw", { whenRemoved: "retract" })
const users = snapshotSource("users")

const status = (project: MemoryProject, graph: Graph, name: string, on: number): Status =>
  getAssetStatus(evaluateProject(project, graph), graph.assets.get(name)!, day(on))

/** The days of an asset with a status, as `3 to 9`. */
function formatDays(
  project: MemoryProject,
  graph: Graph,
  name: string,
  kind: Status["kind"],
): string {
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
const graph = buildValidGraph(raw, a, week, newest)

describe("a partition", () => {
  test("without a materialization is missing", () => {
    expect(status(createProjectWithDays([1]), graph, "a", 1)).toEqual({
      kind: "missing",
      blocker: undefined,
      causes: [],
    })
  })

  test("is fresh when its materialization has the current code and inputs", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, graph)
    for (const name of ["a", "week", "newest"])
      expect(formatDays(project, graph, name, "fresh")).toBe("1 to 3")
  })

  test("is stale when its code changed, and so is its downstream", async () => {
    const project = createProjectWithDays([1])
    await run(project, graph)
    const edited = dailyAsset("a", sql`from ${raw} where true`)
    const downstream = dailyAsset("week", sql`from ${last(7, edited)}`)
    const later = buildValidGraph(raw, edited, downstream)
    expect(status(project, later, "a", 1)).toMatchObject({
      kind: "stale",
      causes: [{ kind: "code" }],
    })
    expect(status(project, later, "week", 1)).toMatchObject({
      kind: "stale",
      causes: [{ kind: "upstream", asset: "a", partitions: toRanges([day(1)]) }],
    })
  })

  test("is stale when a file was corrected, and fresh again when the file is restored", async () => {
    const project = createProjectWithDays([1, 2])
    await run(project, graph)
    land(project, "raw", day(1), "corrected")
    expect(formatDays(project, graph, "a", "stale")).toBe("1")
    expect(status(project, graph, "a", 1)).toMatchObject({
      causes: [{ kind: "input", changed: [] }],
    })
    land(project, "raw", day(1), "r1")
    expect(formatDays(project, graph, "a", "fresh")).toBe("1 to 2")
  })

  test("outside of the bounds is missing, and a source's partition is always fresh", () => {
    const project = createProjectWithDays([1])
    expect(status(project, graph, "a", 9)).toMatchObject({ kind: "missing" })
    expect(status(project, graph, "raw", 1)).toEqual({ kind: "fresh" })
  })
})

describe("staleness is exact and transitive", () => {
  test("a corrected file makes exactly the partitions stale whose windows hold its day", async () => {
    const project = createProjectWithDays([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    await run(project, graph)
    land(project, "raw", day(4), "corrected")
    expect(formatDays(project, graph, "a", "stale")).toBe("4")
    expect(formatDays(project, graph, "week", "stale")).toBe("4 to 10")
    expect(formatDays(project, graph, "newest", "stale")).toBe("4 to 10")
  })

  test("a late file in the middle makes the same partitions stale", async () => {
    const tolerant = source("raw", { whenMissing: "gap" })
    const b = dailyAsset("b", sql`from ${last(3, tolerant)}`)
    const late = buildValidGraph(tolerant, b)
    const project = createProjectWithDays([1, 2, 3, 5, 6, 7, 8, 9])
    await run(project, late)
    land(project, "raw", day(4), "late")
    expect(formatDays(project, late, "b", "stale")).toBe("4 to 6")
    expect(formatDays(project, late, "b", "fresh")).toBe("1 to 3, 7 to 9")
  })

  test("a change makes the following partitions of an accumulating asset stale", async () => {
    const sum = dailyAsset("sum", sql`from ${raw}, ${previous()}`)
    const chain = buildValidGraph(raw, sum)
    const project = createProjectWithDays([1, 2, 3, 4, 5])
    await run(project, chain)
    land(project, "raw", day(3), "corrected")
    expect(formatDays(project, chain, "sum", "fresh")).toBe("1 to 2")
    expect(formatDays(project, chain, "sum", "stale")).toBe("3 to 5")
    expect(status(project, chain, "sum", 5)).toMatchObject({
      causes: [{ kind: "upstream", asset: "sum", partitions: toRanges([day(4)]) }],
    })
  })

  test("a new day makes no older partition stale, except readers of all partitions", async () => {
    const total = dailyAsset("total", sql`from ${all(a)}`, { partitions: unpartitioned })
    const last2 = dailyAsset("last2", sql`from ${last(2, a)}`)
    const both = buildValidGraph(raw, a, last2, total)
    const project = createProjectWithDays([1, 2])
    await run(project, both)
    land(project, "raw", day(3), "r3")
    expect(formatDays(project, both, "last2", "fresh")).toBe("1 to 2")
    expect(formatDays(project, both, "last2", "missing")).toBe("3")
    expect(getAssetStatus(evaluateProject(project, both), total, 0)).toMatchObject({
      kind: "stale",
    })
  })

  test("a changed snapshot makes all its readers stale", async () => {
    const b = dailyAsset("b", sql`from ${raw}, ${users}`)
    const graph = buildValidGraph(raw, users, b)
    const project = createProjectWithDays([1, 2])
    land(project, "users", 0, "u1")
    await run(project, graph)
    land(project, "users", 0, "u2")
    expect(formatDays(project, graph, "b", "stale")).toBe("1 to 2")
  })

  test("the latest file is read until a later one lands", async () => {
    const daily = source("daily")
    const b = dailyAsset("b", sql`from ${raw}, ${latest(daily)}`)
    const graph = buildValidGraph(raw, daily, b)
    const project = createProjectWithDays([1, 2, 3, 4])
    land(project, "daily", day(1), "d1")
    await run(project, graph)
    land(project, "daily", day(3), "d3")
    expect(formatDays(project, graph, "b", "fresh")).toBe("1 to 2")
    expect(formatDays(project, graph, "b", "stale")).toBe("3 to 4")
  })
})

describe("a day without a file", () => {
  test("blocks its readers and their downstream if the source requires the file", () => {
    const project = createProjectWithDays([1, 3])
    expect(status(project, graph, "a", 2)).toEqual({
      kind: "missing",
      blocker: { kind: "missing_files", text: "raw/2026-01-02.json (raw)", fileCount: 1 },
      causes: [],
    })
    expect(formatStatus(graph, status(project, graph, "a", 2))).toBe(
      "waits for raw/2026-01-02.json (raw)",
    )
    expect(status(project, graph, "week", 3)).toMatchObject({ kind: "missing", blocker: undefined })
  })

  test.each(["gap", "empty"] as const)(
    "is a day without rows if the source says %s",
    async (whenMissing) => {
      const tolerant = source("raw", { whenMissing })
      const b = dailyAsset("b", sql`from ${tolerant}`)
      const project = createProjectWithDays([1, 3])
      await run(project, buildValidGraph(tolerant, b))
      const evaluation = evaluateProject(project, buildValidGraph(tolerant, b))
      expect(getAssetStatus(evaluation, b, day(2))).toEqual({ kind: "fresh" })
      expect(project.steps.find(({ partition }) => partition === day(2))?.reads).toEqual([
        { relation: "raw", asset: "raw", short: false, versions: [[day(2), emptyVersion]] },
      ])
    },
  )

  test("blocks a reader with a window that must be whole", () => {
    const strict = dailyAsset("b", sql`from ${last(3, raw, { onShortWindow: "error" })}`)
    const graph = buildValidGraph(raw, strict)
    const project = createProjectWithDays([1, 2, 3])
    expect(status(project, graph, "b", 2)).toMatchObject({
      blocker: { kind: "unusable", text: "the incomplete window of raw [last 3]" },
    })
    expect(status(project, graph, "b", 3)).toMatchObject({ blocker: undefined })
  })

  test("makes readers of a removed file stale and blocked", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, graph)
    land(project, "raw", day(2), undefined)
    expect(status(project, graph, "a", 2)).toMatchObject({
      kind: "stale",
      blocker: { kind: "missing_files", text: "raw/2026-01-02.json (raw)", fileCount: 1 },
    })
  })
})

describe("a failure", () => {
  const broken = (project: MemoryProject) => {
    project.behaviour.beforeCompute = () => {
      throw new FreshetError("engine", "disk full\nat once")
    }
  }

  test("is current as long as the partition has the same code and inputs", async () => {
    const project = createProjectWithDays([1])
    broken(project)
    await run(project, buildValidGraph(raw, a))
    const failed = status(project, buildValidGraph(raw, a), "a", 1)
    expect(failed).toMatchObject({ kind: "failed", failure: { outcome: "failed" } })
    expect(formatStatus(graph, failed)).toBe("failed before: disk full")
    land(project, "raw", day(1), "corrected")
    expect(status(project, buildValidGraph(raw, a), "a", 1)).toMatchObject({ kind: "missing" })
  })

  test("of a materialized partition keeps its causes", async () => {
    const project = createProjectWithDays([1])
    await run(project, buildValidGraph(raw, a))
    land(project, "raw", day(1), "corrected")
    broken(project)
    await run(project, buildValidGraph(raw, a))
    expect(status(project, buildValidGraph(raw, a), "a", 1)).toMatchObject({
      kind: "failed",
      causes: [{ kind: "input" }],
    })
    land(project, "raw", day(1), "r1")
    expect(status(project, buildValidGraph(raw, a), "a", 1)).toEqual({ kind: "fresh" })
  })
})

describe("listChangedInputs", () => {
  /** The inputs that changed after the newest materialization of day 3. */
  function formatChangedInputs(project: MemoryProject, now: Graph, name = "x"): readonly string[] {
    const { computation } = getAsset(now, name)
    const then = project.steps.findLast(
      (step) => step.computation === name && step.partition === day(3),
    )
    return listChangedInputs(evaluateProject(project, now), computation, day(3), then!.reads).map(
      ({ asset, partitions }) => `${asset} ${formatPartitions(now, asset, partitions)}`,
    )
  }

  const reading = (query: Sql) => buildValidGraph(raw, users, a, dailyAsset("x", query))

  async function madeFrom(query: Sql): Promise<MemoryProject> {
    const project = createProjectWithDays([1, 2, 3])
    land(project, "users", 0, "u")
    await run(project, reading(query))
    return project
  }

  test("is empty when no input changed", async () => {
    const project = await madeFrom(sql`from ${last(2, raw)}`)
    expect(formatChangedInputs(project, reading(sql`from ${last(2, raw)}`))).toEqual([])
  })

  test("lists partitions of sources and assets with another version", async () => {
    const query = sql`from ${last(3, raw)}, ${last(3, a)}, ${users}`
    const project = await madeFrom(query)
    for (const each of [1, 2]) land(project, "raw", day(each), "corrected")
    expect(formatChangedInputs(project, reading(query))).toEqual(["raw 2026-01-01 to 2026-01-02"])
    await run(project, buildValidGraph(raw, a))
    expect(formatChangedInputs(project, reading(query))).toEqual([
      "raw 2026-01-01 to 2026-01-02",
      "a 2026-01-01 to 2026-01-02",
    ])
  })

  test("lists added and removed partitions", async () => {
    const project = await madeFrom(sql`from ${last(2, raw)}`)
    expect(formatChangedInputs(project, reading(sql`from ${last(2, raw)}, ${users}`))).toEqual([
      "users ",
    ])
    land(project, "raw", day(2), undefined)
    land(project, "raw", day(1), undefined)
    expect(formatChangedInputs(project, reading(sql`from ${last(2, raw)}`))).toEqual([
      "raw 2026-01-02",
    ])
  })

  test("lists partitions of a removed read", async () => {
    const project = await madeFrom(sql`from ${raw}, ${users}`)
    expect(formatChangedInputs(project, reading(sql`from ${raw}`))).toEqual(["users "])
  })

  test("finds an asset by its previous name", async () => {
    const project = await madeFrom(sql`from ${a}`)
    const renamed = dailyAsset("b", sql`from ${raw}`, { previousNames: ["a"] })
    const now = buildValidGraph(raw, renamed, dailyAsset("x", sql`from ${renamed}`))
    expect(formatChangedInputs(project, now)).toEqual([])
  })
})

test("evaluation is pure: equal inputs give equal statuses, and no input changes", async () => {
  const project = createProjectWithDays([1, 2, 4])
  await run(project, graph)
  const [once, again] = [evaluateProject(project, graph), evaluateProject(project, graph)]
  expect(again.states).toEqual(once.states)
  const sources: readonly AnyAsset[] = [raw]
  expect(sources.map((each) => getAssetStatus(once, each, day(3)).kind)).toEqual(["fresh"])
})

test("a missing or damaged file is the cause of a partition's status, in words too", async () => {
  const graph = buildValidGraph(raw, dailyAsset("a", sql`from ${raw}`))
  const evaluation = evaluateProject(createProjectWithDays([1, 2, 3]), graph)
  const files = new Map([
    [day(1), "missing"],
    [day(2), "damaged"],
    [day(3), "read_damaged"],
  ] as const)
  const lostFiles = new Map([["a", files]])
  const texts = [...files].map(([partition, file]) => {
    const status = getAssetStatus({ ...evaluation, lostFiles }, graph.assets.get("a")!, partition)
    expect(status).toMatchObject({ kind: "missing", causes: [{ kind: "file", file }] })
    return formatStatus(graph, status)
  })
  expect(texts).toEqual([
    "file missing, will be rebuilt",
    "file damaged, will be rebuilt",
    "materialized from a damaged file, will be rebuilt",
  ])
})
