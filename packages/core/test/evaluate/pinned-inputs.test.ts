import { describe, expect, test } from "vitest"

import {
  getAssetStatus,
  type Graph,
  isFresh,
  listChangedInputs,
  listOutdatedPins,
} from "../../src/engine.ts"
import { asLanded, last, latest, previous, sql, type Asset } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, day, snapshotSource, source } from "../declarations.ts"
import { afterDay } from "../declarations.ts"
import { findRecords } from "../memory-ledger.ts"
import {
  type MemoryProject,
  createMemoryProject,
  createProjectWithDays,
  evaluateProject,
  land,
  proveProject,
  run,
} from "../memory-project.ts"

const prices = snapshotSource("prices")

/** `value` accumulates what it reads of a snapshot day by day. */
const value = (salt = "") =>
  dailyAsset("value", sql`${salt} from ${asLanded(prices)}, ${previous()}`)

const declare = (...assets: readonly Asset[]): Graph => buildValidGraph(prices, ...assets)

/** Runs the first two days, each with its own snapshot: 10, then 20. */
async function runTwoDays(graph: Graph): Promise<MemoryProject> {
  const project = createMemoryProject(afterDay(1))
  land(project, "prices", 0, "10")
  await run(project, graph)
  project.nowMs = afterDay(2)
  land(project, "prices", 0, "20")
  await run(project, graph)
  return project
}

/** The newest rows of an asset's partitions, oldest first. */
function listRows(project: MemoryProject, graph: Graph, asset: string): readonly string[] {
  const records = findRecords(project, graph, [{ asset, range: { from: day(1), to: day(20) } }])
  const newest = new Map(records.map(({ partition, dataVersion }) => [partition, dataVersion]))
  return [...newest].toSorted(([a], [b]) => a - b).map(([, rows]) => rows)
}

describe("a read as landed", () => {
  test("keeps the content that each partition read first", async () => {
    const graph = declare(value())
    const project = await runTwoDays(graph)
    expect(listRows(project, graph, "value")).toEqual(["value(10)", "value(20+value(10))"])
    expect((await run(project, graph)).planned).toEqual([])
    const evaluation = await proveProject(project, graph)
    expect(getAssetStatus(evaluation, value(), day(1))).toEqual({ kind: "fresh" })
  })

  test("recomputes partitions from the pinned content when the code changes", async () => {
    const project = await runTwoDays(declare(value()))
    const graph = declare(value("changed"))
    expect((await run(project, graph)).planned).toEqual(["value 2026-01-01", "value 2026-01-02"])
    expect(listRows(project, graph, "value")).toEqual(["value(10)", "value(20+value(10))"])
    expect((await run(project, graph)).planned).toEqual([])
  })

  test("keeps its pin when another input changes", async () => {
    const raw = source("raw")
    const joined = dailyAsset("joined", sql`from ${asLanded(prices)}, ${raw}`)
    const graph = buildValidGraph(prices, raw, joined)
    const project = createProjectWithDays([1], {}, 1)
    land(project, "prices", 0, "10")
    await run(project, graph)
    land(project, "prices", 0, "20")
    land(project, "raw", day(1), "other")
    expect((await run(project, graph)).planned).toEqual(["joined 2026-01-01"])
    expect(listRows(project, graph, "joined")).toEqual(["joined(10+other)"])
  })

  test("keeps its partitions when the file is removed, and adds none", async () => {
    const graph = declare(value())
    const project = await runTwoDays(graph)
    land(project, "prices", 0, undefined)
    project.nowMs = afterDay(3)
    expect((await run(project, graph)).planned).toEqual([])
    expect(evaluateProject(project, graph).bounds.get("value")).toEqual({
      from: day(1),
      to: day(2),
    })
    const changed = declare(value("changed"))
    expect((await run(project, changed)).outcome).toBe("succeeded")
    expect(listRows(project, changed, "value")).toEqual(["value(10)", "value(20+value(10))"])
  })

  test("has no pin in partitions whose materializations were wiped", async () => {
    const graph = declare(value())
    const project = await runTwoDays(graph)
    project.records.length = 0
    await run(project, graph)
    expect(listRows(project, graph, "value")).toEqual(["value(20)", "value(20+value(20))"])
  })

  test("is pinned from the first run after its declaration", async () => {
    const plain = dailyAsset("value", sql`from ${prices}, ${previous()}`)
    const project = await runTwoDays(declare(plain))
    const graph = declare(value())
    expect((await run(project, graph)).planned).toEqual(["value 2026-01-01", "value 2026-01-02"])
    land(project, "prices", 0, "30")
    expect((await run(project, graph)).planned).toEqual([])
    expect(listRows(project, graph, "value")).toEqual(["value(20)", "value(20+value(20))"])
  })

  test("is another relation than a read of the same source", async () => {
    const both = dailyAsset("both", sql`from ${asLanded(prices)}, ${prices}`)
    const graph = declare(both)
    const project = createMemoryProject(afterDay(1))
    land(project, "prices", 0, "10")
    await run(project, graph)
    land(project, "prices", 0, "20")
    const evaluation = evaluateProject(project, graph)
    expect(isFresh(evaluation, both.computation, day(1))).toBe(false)
    await run(project, graph)
    expect(listRows(project, graph, "both")).toEqual(["both(10+20)"])
  })

  test("names no pinned content among the changed inputs", async () => {
    const graph = declare(value())
    const project = await runTwoDays(graph)
    const evaluation = evaluateProject(project, declare(value("changed")))
    const { reads } = project.steps[0] ?? { reads: [] }
    expect(listChangedInputs(evaluation, value("changed").computation, day(1), reads)).toEqual([])
  })
})

describe("the outdated pins of a partition", () => {
  test("are the files that were overwritten or removed", async () => {
    const graph = declare(value())
    const project = await runTwoDays(graph)
    const listPins = () =>
      [1, 2].map((at) =>
        listOutdatedPins(evaluateProject(project, graph), value().computation, day(at)),
      )
    expect(listPins()).toEqual([["prices/0"], []])
    land(project, "prices", 0, undefined)
    expect(listPins()).toEqual([["prices/0"], ["prices/0"]])
    land(project, "prices", 0, "10")
    expect(listPins()).toEqual([[], ["prices/0"]])
  })
})

describe("a read as landed with a window", () => {
  test("keeps the whole window, although files are added, changed and removed in it", async () => {
    const raw = source("raw", { whenMissing: "gap" })
    const week = dailyAsset("week", sql`from ${asLanded(last(3, raw))}`)
    const graph = buildValidGraph(raw, week)
    const project = createProjectWithDays([1, 3], {}, 3)
    await run(project, graph)
    land(project, "raw", day(2), "late")
    land(project, "raw", day(1), undefined)
    land(project, "raw", day(3), "changed")
    expect((await run(project, graph)).planned).toEqual([])
    expect(listRows(project, graph, "week").at(-1)).toBe("week(r1+r3)")
  })

  test("reads the newest file that was landed at that time", async () => {
    const raw = source("raw", { whenMissing: "gap" })
    const newest = dailyAsset("newest", sql`from ${asLanded(latest(raw))}`)
    const graph = buildValidGraph(raw, newest)
    const project = createProjectWithDays([1], {}, 3)
    await run(project, graph)
    land(project, "raw", day(2), "r2")
    expect((await run(project, graph)).planned).toEqual([])
    expect(listRows(project, graph, "newest")).toEqual(["newest(r1)", "newest(r1)", "newest(r1)"])
  })

  test("does not block partitions whose files are no longer landed", async () => {
    const raw = source("raw")
    const daily = (salt = "") => dailyAsset("daily", sql`${salt} from ${asLanded(raw)}`)
    const project = createProjectWithDays([1, 2, 3], {}, 3)
    await run(project, buildValidGraph(raw, daily()))
    land(project, "raw", day(1), undefined)
    land(project, "raw", day(2), undefined)
    const graph = buildValidGraph(raw, daily("changed"))
    const { planned, outcome } = await run(project, graph)
    expect([planned.length, outcome]).toEqual([3, "succeeded"])
    expect(listRows(project, graph, "daily")).toEqual(["daily(r1)", "daily(r2)", "daily(r3)"])
  })

  test("is withdrawn with a file that is newer than every landed one", async () => {
    const raw = source("raw")
    const daily = dailyAsset("daily", sql`from ${asLanded(raw)}`)
    const graph = buildValidGraph(raw, daily)
    const project = createProjectWithDays([1, 9])
    await run(project, graph)
    land(project, "raw", day(9), undefined)
    expect(evaluateProject(project, graph).bounds.get("daily")).toEqual({
      from: day(1),
      to: day(1),
    })
  })
})
