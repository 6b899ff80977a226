import { describe, expect, test } from "vitest"

import { type Evaluation, fingerprintInputs, getAsset, getStatus } from "../../src/engine.ts"
import { last, sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildValidGraph, source } from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  land,
  createMemoryProject,
  proveProject,
  run,
} from "../memory-project.ts"

const raw = source("raw")
const eight = dailyAsset("eight", sql`from ${last(8, raw)}`)
const reader = dailyAsset("reader", sql`from ${eight}`)
const graph = buildValidGraph(raw, eight, reader)

/** Contents of eight days, and other contents with the same sum of fingerprints, found by a search. */
const contents = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `v${number}`)
const colliding = [6909, 48_788, 96_764, 1570, 29_210, 2557, 9194, 534].map(
  (number) => `v${number}`,
)

function landDays(project: MemoryProject, versions: readonly string[]): void {
  for (const [at, version] of versions.entries()) land(project, "raw", day(at + 1), version)
}

async function createMaterializedProject(days = contents): Promise<MemoryProject> {
  const project = createMemoryProject(afterDay(days.length))
  landDays(project, days)
  await run(project, graph)
  project.computed.length = 0
  project.verified = 0
  return project
}

function getKind(evaluation: Evaluation, name: string, dayOfMonth: number): string {
  return getStatus(evaluation, getAsset(graph, name).computation, day(dayOfMonth)).kind
}

describe("inputs whose fingerprints collide", () => {
  const listReads = (versions: readonly string[]) => [
    {
      relation: "raw [last 8]",
      asset: "raw",
      short: false,
      versions: versions.map((version, at) => [day(at + 1), version] as const),
    },
  ]

  test("have the same 64-bit fingerprint", () => {
    expect(colliding.filter((version) => contents.includes(version))).toEqual([])
    const [before, after] = [contents, colliding].map((versions) =>
      fingerprintInputs(graph, "code", listReads(versions)),
    )
    expect(after).toEqual(before)
  })

  test("make a partition and its readers stale", async () => {
    const project = await createMaterializedProject()
    landDays(project, colliding)
    expect(getKind(evaluateProject(project, graph), "eight", 8)).toBe("fresh")
    const evaluation = await proveProject(project, graph)
    expect(getKind(evaluation, "eight", 8)).toBe("stale")
    expect(getKind(evaluation, "reader", 8)).toBe("stale")
    await run(project, graph)
    expect(project.computed).toContain("eight 2026-01-08")
    expect([...project.files.values()].at(-1)).toBe(`reader(eight(${colliding.join("+")}))`)
    expect(getKind(await proveProject(project, graph), "reader", 8)).toBe("fresh")
  })

  test("make a partition stale without an earlier proof", async () => {
    const project = await createMaterializedProject()
    landDays(project, colliding)
    project.proof = undefined
    expect(getKind(await proveProject(project, graph), "eight", 8)).toBe("stale")
  })

  test("allow the earlier rows to become current again", async () => {
    const project = await createMaterializedProject()
    landDays(project, colliding)
    await run(project, graph)
    landDays(project, contents)
    project.computed.length = 0
    await run(project, graph)
    expect(project.computed).toEqual([])
    const evaluation = await proveProject(project, graph)
    expect(getKind(evaluation, "reader", 8)).toBe("fresh")
    expect(project.records.at(-1)?.record.dataVersion).toBe(`reader(eight(${contents.join("+")}))`)
  })
})

describe("a proof", () => {
  test("covers all partitions while nothing changes", async () => {
    const project = await createMaterializedProject()
    await proveProject(project, graph)
    expect(project.verified).toBe(16)
    await proveProject(project, graph)
    expect(project.verified).toBe(16)
  })

  test("does not cover readers of changed files and partitions that were recorded since", async () => {
    const project = await createMaterializedProject()
    await proveProject(project, graph)
    project.verified = 0
    land(project, "raw", day(7), "corrected")
    await proveProject(project, graph)
    expect(project.verified).toBe(0) // its readers are stale by fingerprint
    await run(project, graph)
    project.verified = 0
    await proveProject(project, graph)
    expect(project.verified).toBe(4)
  })

  test("does not cover partitions whose definition was edited and reverted", async () => {
    const project = await createMaterializedProject()
    await proveProject(project, graph)
    const edited = dailyAsset("eight", sql`select 1 from ${last(8, raw)}`)
    await proveProject(
      project,
      buildValidGraph(raw, edited, dailyAsset("reader", sql`from ${edited}`)),
    )
    project.verified = 0
    await proveProject(project, graph)
    expect(project.verified).toBe(16)
  })
})
