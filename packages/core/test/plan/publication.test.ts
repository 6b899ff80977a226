import { describe, expect, test } from "vitest"

import {
  FreshetError,
  failsChecks,
  groupPublicationSets,
  listNewestTargets,
  type Graph,
  type PlanRequest,
} from "../../src/engine.ts"
import { daily, publishTo, sql, unique } from "../../src/index.ts"
import {
  afterDay,
  dailyAsset,
  day,
  buildValidGraph,
  partitionedSource,
  source,
} from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  requestEverything,
  land,
  createMemoryProject,
  createProjectWithDays,
  failedCheck,
  run,
} from "../memory-project.ts"

const raw = source("raw")
const tables = [{ $inferInsert: {} }, { $inferInsert: {} }, { $inferInsert: {} }] as const

function buildRecsGraph(
  checks: Parameters<typeof dailyAsset>[2] = {},
  query = sql`from ${raw}`,
): Graph {
  const recs = dailyAsset("recs", query, {
    publish: publishTo(tables[0], { set: "recs" }),
    ...checks,
  })
  const reasons = dailyAsset("reasons", sql`from ${recs}`, {
    publish: publishTo(tables[1], { set: "recs" }),
  })
  const rooms = dailyAsset("rooms", sql`from ${raw}`, {
    publish: publishTo(tables[2], { set: "rooms" }),
  })
  return buildValidGraph(raw, recs, reasons, rooms)
}

const graph = buildRecsGraph()

const only =
  (name: string, from: number, to = from, publish = true) =>
  (): PlanRequest => ({ targets: new Map([[name, [{ from: day(from), to: day(to) }]]]), publish })

/** The publications so far: set, day, and the rows of each table. */
const listPublications = (project: MemoryProject) =>
  project.publications.map(({ set, partitionKey, tables }) =>
    [
      set,
      partitionKey,
      ...tables.flatMap(({ partitions }) => partitions.map(({ file }) => project.files.get(file))),
    ].join(" "),
  )

/** Runs everything. Returns also the set, day and rows of each publication of the run. */
async function runAndPublish(project: MemoryProject, currentGraph: Graph) {
  const count = project.publications.length
  const result = await run(project, currentGraph)
  return { ...result, publishedRows: listPublications(project).slice(count) }
}

test("groupPublicationSets groups the assets that name a set", () => {
  const sets = [...groupPublicationSets(graph)].map(([set, assets]) => [
    set,
    assets.map(({ name }) => name),
  ])
  expect(sets).toEqual([
    ["recs", ["recs", "reasons"]],
    ["rooms", ["rooms"]],
  ])
})

describe("a set", () => {
  test("publishes all its tables together, once, with the newest partition", async () => {
    const project = createProjectWithDays([1, 2, 3])
    expect((await runAndPublish(project, graph)).publishedRows).toEqual([
      "recs 2026-01-03 recs(r3) reasons(recs(r3))",
      "rooms 2026-01-03 rooms(r3)",
    ])
    expect((await runAndPublish(project, graph)).publishedRows).toEqual([])
  })

  test("is published again when its newest partition has other rows", async () => {
    const project = createProjectWithDays([1, 2])
    await run(project, graph)
    land(project, "raw", day(2), "corrected")
    expect((await runAndPublish(project, graph)).publishedRows).toEqual([
      "recs 2026-01-02 recs(corrected) reasons(recs(corrected))",
      "rooms 2026-01-02 rooms(corrected)",
    ])
  })

  test("publishes the rows of a reverted edit without a step", async () => {
    const project = createProjectWithDays([1])
    await run(project, graph)
    land(project, "raw", day(1), "corrected")
    await run(project, graph)
    land(project, "raw", day(1), "r1")
    const { planned, publishedRows } = await runAndPublish(project, graph)
    expect(planned).toEqual([])
    expect(publishedRows).toEqual([
      "recs 2026-01-01 recs(r1) reasons(recs(r1))",
      "rooms 2026-01-01 rooms(r1)",
    ])
  })

  test("is not published again when its rows are equal", async () => {
    const project = createProjectWithDays([1, 2])
    project.behaviour.rows = (_, asset) => asset
    await run(project, graph)
    land(project, "raw", day(2), "corrected")
    const { publications } = await run(project, graph)
    expect(publications).toEqual([])
  })

  test("is not published by a backfill of an older partition", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, graph)
    land(project, "raw", day(1), "corrected")
    const { plan, steps } = await run(project, graph, only("reasons", 1))
    expect(steps.size).toBe(2)
    expect(plan.publications).toEqual([])
    expect(project.publications).toHaveLength(2)
  })

  test("publishes the newest partition that exists when the published one was withdrawn, and says so", async () => {
    const project = createProjectWithDays([1, 2, 15])
    await run(project, graph)
    land(project, "raw", day(15), undefined)
    land(project, "raw", day(3), "r3")
    const { plan, publications, publishedRows } = await runAndPublish(project, graph)
    expect(plan.publications.map(({ key, withdrawn }) => [key, withdrawn])).toEqual([
      ["2026-01-03", ["2026-01-15"]],
      ["2026-01-03", ["2026-01-15"]],
    ])
    expect(publications.flatMap(({ withdrawn }) => withdrawn)).toEqual(["2026-01-15", "2026-01-15"])
    expect(publishedRows).toEqual([
      "recs 2026-01-03 recs(r3) reasons(recs(r3))",
      "rooms 2026-01-03 rooms(r3)",
    ])
    expect((await run(project, graph)).plan.publications).toEqual([])
  })

  test("publishes empty tables, once, when all its partitions were withdrawn", async () => {
    const retracting = partitionedSource("raw", daily({ start: "2026-01-01" }), {
      whenRemoved: "retract",
    })
    const retractingGraph = buildValidGraph(
      retracting,
      ...["recs", "rooms"].map((name, index) =>
        dailyAsset(name, sql`from ${retracting}`, {
          publish: publishTo(tables[index] ?? tables[0], { set: name }),
        }),
      ),
    )
    const project = createProjectWithDays([1])
    await run(project, retractingGraph)
    land(project, "raw", day(1), undefined)
    const evaluation = evaluateProject(project, retractingGraph)
    const targets = listNewestTargets(evaluation, ["recs", "rooms"])
    expect([...targets.values()]).toEqual([[], []])
    const { publications, publishedRows } = await runAndPublish(project, retractingGraph)
    expect(publications).toMatchObject([
      { set: "recs", key: "", withdrawn: ["2026-01-01"], error: undefined },
      { set: "rooms", key: "", withdrawn: ["2026-01-01"], error: undefined },
    ])
    expect(publishedRows).toEqual(["recs ", "rooms "])
    expect((await run(project, retractingGraph)).plan.publications).toEqual([])
    const emptied = evaluateProject(project, retractingGraph)
    expect(listNewestTargets(emptied, ["recs", "rooms"]).size).toBe(0)
    land(project, "raw", day(2), "r2")
    expect((await runAndPublish(project, retractingGraph)).publishedRows).toEqual([
      "recs 2026-01-02 recs(r2)",
      "rooms 2026-01-02 rooms(r2)",
    ])
  })

  test("keeps its rows while a new member has no partition", async () => {
    const project = createProjectWithDays([1])
    const recs = dailyAsset("recs", sql`from ${raw}`, {
      publish: publishTo(tables[0], { set: "s" }),
    })
    await run(project, buildValidGraph(raw, recs))
    const late = source("late")
    const member = dailyAsset("member", sql`from ${late}`, {
      publish: publishTo(tables[1], { set: "s" }),
    })
    const { publications } = await run(project, buildValidGraph(raw, recs, late, member))
    expect(publications).toEqual([])
  })

  test("replaces the partition that a clock ahead of time published", async () => {
    const made = dailyAsset("made", sql`select 1`, {
      publish: publishTo(tables[0], { set: "made" }),
    })
    const madeGraph = buildValidGraph(made)
    const project = createMemoryProject(afterDay(7))
    await run(project, madeGraph)
    project.nowMs = afterDay(5)
    const { publications } = await run(project, madeGraph)
    expect(publications).toMatchObject([{ key: "2026-01-05", withdrawn: ["2026-01-07"] }])
    expect((await run(project, madeGraph)).plan.publications).toEqual([])
  })

  test("stays at a partition that exists while its rows are not ready", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, graph)
    land(project, "raw", day(3), "broken")
    project.behaviour.checks = (asset, key) =>
      asset === "recs" && key === "2026-01-03" ? [failedCheck("recs")] : []
    const { publications } = await run(project, graph)
    expect(publications.map(({ set }) => set)).toEqual(["rooms"])
    expect(project.published.get("recs")?.partitionKey).toBe("2026-01-03")
  })

  test("is unchanged while one of its tables is not ready", async () => {
    const project = createProjectWithDays([1, 2])
    await run(project, graph)
    land(project, "raw", day(3), "r3")
    project.behaviour.beforeCompute = (step) => {
      if (step === "reasons 2026-01-03") throw new FreshetError("engine", "broken")
    }
    const result = await run(project, graph)
    expect(result.plan.publications.map(({ set, key }) => `${set} ${key}`)).toEqual([
      "recs 2026-01-03",
      "rooms 2026-01-03",
    ])
    expect(result.outcome).toBe("failed")
    expect(project.published.get("recs")?.partitionKey).toBe("2026-01-02")
    expect(project.published.get("rooms")?.partitionKey).toBe("2026-01-03")
  })

  test("publishes the newest partition in which all its tables are ready", async () => {
    const project = createProjectWithDays([1, 2, 3])
    project.behaviour.checks = (asset, key) =>
      asset === "reasons" && key === "2026-01-03" ? [failedCheck("reasons")] : []
    await run(project, graph)
    expect(listPublications(project)[0]).toBe("recs 2026-01-02 recs(r2) reasons(recs(r2))")
  })

  test("that is ready is not published when no table of it was requested", async () => {
    const project = createProjectWithDays([1])
    await run(project, graph, (evaluation) => requestEverything(evaluation, false))
    const { plan } = await run(project, graph, only("rooms", 1))
    expect(plan.publications.map(({ set }) => set)).toEqual(["rooms"])
    expect(listPublications(project)).toEqual(["rooms 2026-01-01 rooms(r1)"])
  })

  test("is not published when no table of it was requested, or without publishing", async () => {
    const project = createProjectWithDays([1])
    await run(project, graph, only("rooms", 1))
    expect(listPublications(project)).toEqual(["rooms 2026-01-01 rooms(r1)"])
    await run(project, graph, only("reasons", 1, 1, false))
    expect(project.publications).toHaveLength(1)
    await run(project, graph)
    expect(listPublications(project)).toContain("recs 2026-01-01 recs(r1) reasons(recs(r1))")
  })
})

describe("a table of several partitions", () => {
  const declareKept = (keep: "partitions" | { readonly last: number }) =>
    buildValidGraph(
      raw,
      dailyAsset("recs", sql`from ${raw}`, {
        publish: publishTo(keptTable, { set: "recs", keep, partitionColumn: "day" }),
      }),
    )
  const keptTable: { readonly $inferInsert: { day: string } } = { $inferInsert: { day: "" } }
  const listRows = (project: MemoryProject) => [...(project.tables.get(keptTable)?.contents ?? [])]

  test("contains all partitions that are ready, and retains published ones that are not", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, declareKept("partitions"))
    const rows = [1, 2, 3].map((at) => [`2026-01-0${at}`, `recs(r${at})`])
    expect(listRows(project)).toEqual(rows)
    land(project, "raw", day(1), "corrected")
    land(project, "raw", day(3), "broken")
    project.behaviour.checks = (_, key) => (key === "2026-01-03" ? [failedCheck("recs")] : [])
    await run(project, declareKept("partitions"))
    expect(listRows(project)).toEqual([["2026-01-01", "recs(corrected)"], ...rows.slice(1)])
    expect((await run(project, declareKept("partitions"))).publications).toEqual([])
  })

  test("contains the last partitions", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, declareKept({ last: 2 }))
    land(project, "raw", day(4), "r4")
    const { plan } = await run(project, declareKept({ last: 2 }))
    expect(plan.publications[0]?.tables[0]?.changed).toEqual([day(4)])
    expect(listRows(project).map(([key]) => key)).toEqual(["2026-01-03", "2026-01-04"])
  })
})

describe("changed checks", () => {
  const strict = buildRecsGraph({ checks: [unique("n")] })

  test("prevent the publication of rows that fail them, and fail the run", async () => {
    const project = createProjectWithDays([1])
    await run(project, graph, (evaluation) => requestEverything(evaluation, false))
    project.behaviour.checks = (asset) => (asset === "recs" ? [failedCheck("recs")] : [])
    const result = await run(project, strict)
    expect(result.outcome).toBe("failed")
    expect(listPublications(project)).toEqual(["rooms 2026-01-01 rooms(r1)"])
  })

  test("prevent the publication of rows that failed them in later runs too", async () => {
    const project = createProjectWithDays([1])
    await run(project, graph, (evaluation) => requestEverything(evaluation, false))
    project.behaviour.checks = (asset) => (asset === "recs" ? [failedCheck("recs")] : [])
    await run(project, strict)
    const { plan, planned } = await run(project, strict)
    expect([planned, plan.publications]).toEqual([[], []])
    expect(project.published.has("recs")).toBe(false)
  })

  test("allow the publication of rows that pass them in the same run", async () => {
    const project = createProjectWithDays([1])
    await run(project, graph, (evaluation) => requestEverything(evaluation, false))
    project.behaviour.checks = (asset) => (asset === "recs" ? [failedCheck("recs")] : [])
    await run(project, strict)
    project.behaviour.checks = () => []
    const { plan } = await run(project, graph)
    expect(plan.publications.map(({ set }) => set)).toEqual(["recs"])
    expect(listPublications(project).at(-1)).toBe("recs 2026-01-01 recs(r1) reasons(recs(r1))")
    expect(await run(project, graph)).toMatchObject({ planned: [], plan: { publications: [] } })
  })

  test("prevent the publication of rows that failed them and prove to be unchanged", async () => {
    const project = createProjectWithDays([1])
    project.behaviour.rows = (_, asset) => asset
    const upstream = dailyAsset("upstream", sql`from ${raw}`)
    const reading = (checks: Parameters<typeof dailyAsset>[2]) =>
      buildValidGraph(
        raw,
        upstream,
        dailyAsset("recs", sql`from ${upstream}`, {
          publish: publishTo(tables[0], { set: "recs" }),
          ...checks,
        }),
      )
    await run(project, reading({}), (evaluation) => requestEverything(evaluation, false))
    project.behaviour.checks = (asset) => (asset === "recs" ? [failedCheck("recs")] : [])
    const refusing = reading({ checks: [unique("n")] })
    await run(project, refusing)
    land(project, "raw", day(1), "corrected")
    const result = await run(project, refusing)
    expect(result.steps.get("recs 2026-01-01")).toEqual({ kind: "checked" })
    expect(project.publications).toEqual([])
    expect(failsChecks(evaluateProject(project, refusing), "recs", day(1))).toBe(true)
  })
})

describe("a publisher", () => {
  test("that fails is reported with its set, and the other sets are published", async () => {
    const project = createProjectWithDays([1])
    project.behaviour.beforePublish = ({ set }) => {
      if (set === "recs") throw new FreshetError("publish", "the table is locked")
    }
    const result = await run(project, graph)
    expect(result.outcome).toBe("failed")
    expect(result.publications.map(({ set, key, error }) => [set, key, error])).toEqual([
      ["recs", "2026-01-01", "the table is locked"],
      ["rooms", "2026-01-01", undefined],
    ])
    project.behaviour.beforePublish = () => {}
    const again = await run(project, graph)
    expect([again.planned.length, again.outcome]).toEqual([0, "succeeded"])
    expect(project.published.has("recs")).toBe(true)
  })

  test("that throws an error of another kind ends the run", async () => {
    const project = createProjectWithDays([1])
    project.behaviour.beforePublish = () => {
      throw new FreshetError("postgres", "the connection is lost")
    }
    await expect(run(project, graph)).rejects.toThrow("the connection is lost")
  })

  test("publishes no further set after the run was cancelled", async () => {
    const project = createProjectWithDays([1])
    project.behaviour.beforePublish = () => void (project.aborted = true)
    const { outcome } = await run(project, graph)
    expect([outcome, project.publications.length]).toEqual(["interrupted", 1])
  })
})
