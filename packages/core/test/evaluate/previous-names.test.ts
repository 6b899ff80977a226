import { describe, expect, test } from "vitest"

import { findPartition, type Static } from "../../src/engine.ts"
import {
  all,
  daily,
  last,
  sql,
  staticKeys,
  unpartitioned,
  type Partitions,
} from "../../src/index.ts"
import {
  afterDay,
  dailyAsset,
  day,
  buildValidGraph,
  source,
  partitionedSource,
} from "../declarations.ts"
import { wipeEarlier } from "../memory-ledger.ts"
import {
  land,
  createMemoryProject,
  createProjectWithDays,
  run,
  runAndListComputed,
} from "../memory-project.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)

describe("an asset under a new name", () => {
  const chain = (name: string, previousNames: readonly string[]) => {
    const renamed = dailyAsset(name, sql`from ${raw}`, { previousNames })
    return buildValidGraph(raw, renamed, dailyAsset("week", sql`from ${last(7, renamed)}`))
  }

  test("keeps its materializations, and so do its readers", async () => {
    const project = createProjectWithDays([1, 2])
    await run(project, chain("a", []))
    expect(await runAndListComputed(project, chain("b", ["a"]))).toEqual([])
    expect(await runAndListComputed(project, chain("c", ["a", "b"]))).toEqual([])
  })

  test("is another asset without its previous name", async () => {
    const project = createProjectWithDays([1])
    await run(project, chain("a", []))
    expect(await runAndListComputed(project, chain("b", []))).toEqual([
      "b 2026-01-01",
      "week 2026-01-01",
    ])
  })

  test("accumulates on the partitions of the old name", async () => {
    const project = createProjectWithDays([1])
    await run(project, chain("a", []))
    land(project, "raw", day(2), "r2")
    expect(await runAndListComputed(project, chain("b", ["a"]))).toEqual([
      "b 2026-01-02",
      "week 2026-01-02",
    ])
    expect([...project.files.values()].at(-1)).toBe("week(a(r1)+b(r2))")
  })

  test("keeps its materializations when its source is renamed", async () => {
    const project = createProjectWithDays([1])
    await run(project, buildValidGraph(raw, a))
    const renamed = source("log", { previousNames: ["raw"] })
    land(project, "log", day(1), "r1")
    const reader = dailyAsset("a", sql`from ${renamed}`)
    expect(await runAndListComputed(project, buildValidGraph(renamed, reader))).toEqual([])
  })
})

describe("an asset that was removed", () => {
  test("is fresh again when it is declared again", async () => {
    const project = createProjectWithDays([1])
    const b = dailyAsset("b", sql`from ${a}`)
    await run(project, buildValidGraph(raw, a, b))
    expect(await runAndListComputed(project, buildValidGraph(raw, a))).toEqual([])
    expect(await runAndListComputed(project, buildValidGraph(raw, a, b))).toEqual([])
  })
})

describe("a list of static keys", () => {
  const cut = (...keys: string[]) => {
    const regions = staticKeys(keys)
    const up = partitionedSource("up", regions, { whenMissing: "empty" })
    const each = dailyAsset("each", sql`from ${up}`, { partitions: regions })
    const total = dailyAsset("total", sql`from ${all(each)}`, { partitions: unpartitioned })
    return { regions, graph: buildValidGraph(up, each, total) }
  }

  const landed = (
    regions: Static,
    keys: readonly string[],
    project = createMemoryProject(afterDay(20)),
  ) => {
    project.landed.delete("up")
    for (const key of keys) land(project, "up", findPartition(regions, key)!, `${key}!`)
    return project
  }

  test("has one partition per key", async () => {
    const { regions, graph } = cut("eu", "us")
    const project = landed(regions, ["eu", "us"])
    expect(await runAndListComputed(project, graph)).toEqual(["each eu", "each us", "total all"])
    land(project, "up", 1, "corrected")
    expect(await runAndListComputed(project, graph)).toEqual(["each us", "total all"])
  })

  test("materializes the partition of a new key and the readers of all keys", async () => {
    const [before, after] = [cut("eu", "us"), cut("asia", "us", "eu")]
    const project = landed(before.regions, ["eu", "us"])
    await run(project, before.graph)
    landed(after.regions, ["eu", "us", "asia"], project)
    expect(await runAndListComputed(project, after.graph)).toEqual(["each asia", "total all"])
  })

  test("in another order changes nothing", async () => {
    const [before, after] = [cut("eu", "us"), cut("us", "eu")]
    const project = landed(before.regions, ["eu", "us"])
    await run(project, before.graph)
    landed(after.regions, ["eu", "us"], project)
    expect(await runAndListComputed(project, after.graph)).toEqual([])
  })
})

describe("a range of time", () => {
  const cut = (partitions: Partitions) =>
    buildValidGraph(raw, dailyAsset("a", sql`from ${raw}`, { partitions }))

  test("with another start or end materializes only missing partitions", async () => {
    const project = createProjectWithDays([1, 2, 3, 4])
    await run(project, cut(daily({ start: "2026-01-02", end: "2026-01-03" })))
    expect(await runAndListComputed(project, cut(daily({ start: "2026-01-01" })))).toEqual([
      "a 2026-01-01",
      "a 2026-01-04",
    ])
  })

  test("in another time zone is recomputed", async () => {
    const zone = "Europe/Berlin"
    const local = daily({ start: "2026-01-01", zone })
    const project = createProjectWithDays([1])
    const graph = (partitions: Partitions) => {
      const up = partitionedSource("raw", partitions)
      return buildValidGraph(up, dailyAsset("a", sql`from ${up}`, { partitions }))
    }
    await run(project, graph(daily({ start: "2026-01-01" })))
    expect(await runAndListComputed(project, graph(local))).toEqual(["a 2026-01-01"])
  })
})

describe("a materialization that is no longer retained", () => {
  test("is recomputed when an edit restores its inputs", async () => {
    const project = createProjectWithDays([1])
    const graph = buildValidGraph(raw, a)
    await run(project, graph)
    land(project, "raw", day(1), "corrected")
    await run(project, graph)
    wipeEarlier(project, graph)
    expect(await runAndListComputed(project, graph)).toEqual([])
    land(project, "raw", day(1), "r1")
    expect(await runAndListComputed(project, graph)).toEqual(["a 2026-01-01"])
  })
})
