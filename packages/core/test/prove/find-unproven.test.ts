import { expect, test, vi } from "vitest"

import { type Evaluation, getAsset, getStatus } from "../../src/engine.ts"
import * as Fingerprints from "../../src/evaluate/fingerprint.ts"
import {
  type SourceAsset,
  all,
  daily,
  hourly,
  latest,
  previous,
  sql,
  staticKeys,
  unpartitioned,
} from "../../src/index.ts"
import {
  afterDay,
  dailyAsset,
  day,
  buildValidGraph,
  source,
  partitionedSource,
} from "../declarations.ts"
import {
  requestEverything,
  land,
  createMemoryProject,
  proveProject,
  run,
} from "../memory-project.ts"

vi.mock("../../src/evaluate/fingerprint.ts", async (load) => {
  const actual = await load<typeof Fingerprints>()
  const zero = () => ({ low: 0, high: 0 })
  return { ...actual, computeFingerprint: zero, fingerprintContent: zero }
})

const raw = source("raw")

function getKind(evaluation: Evaluation, name: string, partition: number): string {
  return getStatus(evaluation, getAsset(evaluation.graph, name).computation, partition).kind
}

test("a reader of the latest file is stale after that file is removed", async () => {
  const clock = source("clock")
  const graph = buildValidGraph(
    raw,
    clock,
    dailyAsset("newest", sql`from ${latest(raw)}, ${clock}`),
  )
  const project = createMemoryProject(afterDay(2))
  for (const at of [1, 2]) {
    land(project, "raw", day(at), `r${at}`)
    land(project, "clock", day(at), "same")
  }
  await run(project, graph)
  expect(getKind(await proveProject(project, graph), "newest", day(2))).toBe("fresh")
  land(project, "raw", day(2), undefined)
  const evaluation = await proveProject(project, graph)
  expect(getKind(evaluation, "newest", day(1))).toBe("fresh")
  expect(getKind(evaluation, "newest", day(2))).toBe("stale")
})

test("a reader of its previous partition is stale when that partition has changed or does not exist", async () => {
  const buildGraphFrom = (start: string) => {
    const partitions = daily({ start })
    return buildValidGraph(raw, dailyAsset("sum", sql`from ${raw}, ${previous()}`, { partitions }))
  }
  const [graph, shorter] = [buildGraphFrom("2026-01-01"), buildGraphFrom("2026-01-02")]
  const project = createMemoryProject(afterDay(3))
  for (const at of [1, 2, 3]) land(project, "raw", day(at), `r${at}`)
  await run(project, graph)
  await proveProject(project, graph)
  expect(getKind(await proveProject(project, shorter), "sum", day(2))).toBe("stale")
  await proveProject(project, graph)
  project.storesProofs = false
  land(project, "raw", day(1), "corrected")
  const early = { from: day(1), to: day(1) }
  await run(project, graph, () => ({ targets: new Map([["sum", [early]]]), publish: false }))
  land(project, "raw", day(1), "corrected")
  const evaluation = await proveProject(project, graph)
  expect(getKind(evaluation, "sum", day(1))).toBe("fresh")
  expect(getKind(evaluation, "sum", day(2))).toBe("stale")
})

test("a proof does not cover another static key at the same position", async () => {
  const buildKeyedGraph = (...keys: string[]) => {
    const partitions = staticKeys(keys)
    const users = partitionedSource("users", partitions)
    return buildValidGraph(
      users,
      dailyAsset("user", sql`from ${users}`, { partitions }),
      dailyAsset("count", sql`from ${all(users)}`, { partitions: unpartitioned }),
    )
  }
  const project = createMemoryProject(afterDay(1))
  const landUser = (partition: number, content: string) =>
    land(project, "users", partition, content)
  landUser(0, "ann")
  landUser(1, "before")
  await run(project, buildKeyedGraph("ann", "bob"), requestEverything)
  landUser(1, "after")
  await run(project, buildKeyedGraph("ann", "eve"), requestEverything)
  const proven = await proveProject(project, buildKeyedGraph("ann", "eve"))
  expect(["user", "count"].map((name) => getKind(proven, name, name === "user" ? 1 : 0))).toEqual([
    "fresh",
    "fresh",
  ])
  const evaluation = await proveProject(project, buildKeyedGraph("ann", "bob")) // bob's file equals eve's file
  expect(getKind(evaluation, "user", 0)).toBe("fresh")
  expect(getKind(evaluation, "user", 1)).toBe("stale")
  expect(getKind(evaluation, "count", 0)).toBe("stale")
})

test("a proof does not cover another static key at the same position with the same inputs", async () => {
  const settings = partitionedSource("settings", unpartitioned)
  const buildKeyedGraph = (...keys: string[]) =>
    buildValidGraph(
      settings,
      dailyAsset("user", sql`from ${settings}`, { partitions: staticKeys(keys) }),
    )
  const project = createMemoryProject(afterDay(1))
  land(project, "settings", 0, "before")
  await run(project, buildKeyedGraph("ann", "eve"))
  land(project, "settings", 0, "after")
  await run(project, buildKeyedGraph("ann", "bob"))
  await proveProject(project, buildKeyedGraph("ann", "bob"))
  const evaluation = await proveProject(project, buildKeyedGraph("ann", "eve"))
  expect([0, 1].map((partition) => getKind(evaluation, "user", partition))).toEqual([
    "fresh",
    "stale",
  ])
})

test("a proof does not cover the readers of a source with other partitions, even where none of them exists", async () => {
  const partitions = daily({ start: "2026-01-01" })
  const buildGraphOf = (files: SourceAsset) =>
    buildValidGraph(files, dailyAsset("count", sql`from ${files}`, { partitions }))
  const settings = { whenMissing: "empty" } as const
  const dailyFiles = partitionedSource("files", partitions, settings)
  const hourlyFiles = partitionedSource(
    "files",
    hourly({ start: "2026-01-01T00", end: "2026-01-01T05" }),
    settings,
  )
  const project = createMemoryProject(afterDay(3))
  await run(project, buildGraphOf(dailyFiles))
  expect(getKind(await proveProject(project, buildGraphOf(dailyFiles)), "count", day(3))).toBe(
    "fresh",
  )
  expect(getKind(await proveProject(project, buildGraphOf(hourlyFiles)), "count", day(3))).toBe(
    "stale",
  )
})

test("all fingerprints are equal in these tests", () => {
  expect(Fingerprints.computeFingerprint("a")).toEqual(Fingerprints.fingerprintContent(1, "b"))
})
