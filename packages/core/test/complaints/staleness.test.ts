import { expect, test } from "vitest"

import {
  formatStatus,
  getAsset,
  getAssetStatus,
  parseSelection,
  resolveSelection,
  stateFlagsAt,
  toStateKind,
  type HasState,
} from "../../src/engine.ts"
import { codeAsset, int32, last, sql } from "../../src/index.ts"
import {
  dailyAsset,
  day,
  everyDay,
  buildValidGraph,
  snapshotSource,
  source,
} from "../declarations.ts"
import {
  evaluateProject,
  land,
  createProjectWithDays,
  countProjectStates,
  runAndListComputed,
  run,
} from "../memory-project.ts"

const raw = source("raw")
const a = dailyAsset("a", sql`from ${raw}`)
const b = dailyAsset("b", sql`from ${a}`)
const chain = buildValidGraph(raw, a, b)

test("steps downstream of unchanged rows are skipped in the same run (pain 8)", async () => {
  const project = createProjectWithDays([1, 2])
  project.behaviour.rows = (_, asset) => asset
  await run(project, chain)
  land(project, "raw", day(1), "corrected")
  expect(await runAndListComputed(project, chain)).toEqual(["a 2026-01-01"])
})

test("a partitioned asset is not fresh while some of its partitions are not (pain 9)", async () => {
  const project = createProjectWithDays([1, 2, 3])
  await run(project, chain)
  land(project, "raw", day(2), "corrected")
  land(project, "raw", day(4), "r4")
  expect(countProjectStates(project, chain, "b")).toMatchObject({ fresh: 2, stale: 1, missing: 1 })
})

test("a changed code version of a partitioned asset makes every partition stale (pain 10)", async () => {
  const bumped = (version: string) =>
    buildValidGraph(
      raw,
      codeAsset({
        name: "a",
        group: "g",
        description: "",
        partitions: everyDay,
        columns: { n: int32() },
        version,
        upstream: { raw },
        async *compute() {},
      }),
    )
  const project = createProjectWithDays([1, 2, 3])
  await run(project, bumped("1"))
  expect(countProjectStates(project, bumped("1"), "a").fresh).toBe(3)
  const evaluation = evaluateProject(project, bumped("2"))
  const causes = [1, 2, 3].map((each) =>
    getAssetStatus(evaluation, getAsset(evaluation.graph, "a"), day(each)),
  )
  for (const status of causes)
    expect(status).toMatchObject({ kind: "stale", causes: [{ kind: "code" }] })
})

test("a changed upstream makes only the partitions stale that read it (pain 11)", async () => {
  const week = dailyAsset("week", sql`from ${last(3, a)}`)
  const graph = buildValidGraph(raw, a, week)
  const project = createProjectWithDays([1, 2, 3, 4, 5, 6, 7])
  await run(project, graph)
  land(project, "raw", day(3), "corrected")
  const evaluation = evaluateProject(project, graph)
  const kinds = [1, 2, 3, 4, 5, 6, 7].map((each) =>
    toStateKind(stateFlagsAt(evaluation, week.computation, day(each))),
  )
  const [fresh, stale] = ["fresh", "stale"]
  expect(kinds).toEqual([fresh, fresh, stale, stale, stale, fresh, fresh])
})

test("assets that were just computed are fresh, in every order of steps (pain 12)", async () => {
  const wide = buildValidGraph(raw, a, b, dailyAsset("c", sql`from ${a}, ${b}, ${last(2, b)}`))
  for (const concurrency of [1, 4]) {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, wide, undefined, { concurrency })
    for (const name of ["a", "b", "c"])
      expect(countProjectStates(project, wide, name).fresh).toBe(3)
  }
})

test("a new version of a source makes everything downstream stale (pain 13)", async () => {
  const users = snapshotSource("users")
  const graph = buildValidGraph(raw, users, a, dailyAsset("c", sql`from ${a}, ${users}`))
  const project = createProjectWithDays([1, 2])
  land(project, "users", 0, "u1")
  await run(project, graph)
  land(project, "users", 0, "u2")
  expect([
    countProjectStates(project, graph, "a").fresh,
    countProjectStates(project, graph, "c").stale,
  ]).toEqual([2, 2])
})

test("a change makes assets of other groups stale (pain 14)", async () => {
  const other = dailyAsset("other", sql`from ${b}`, { group: "another_team" })
  const graph = buildValidGraph(raw, a, b, other)
  const project = createProjectWithDays([1])
  await run(project, graph)
  land(project, "raw", day(1), "corrected")
  expect(getAssetStatus(evaluateProject(project, graph), other, day(1))).toMatchObject({
    causes: [{ kind: "upstream", asset: "b" }],
  })
})

test("an input that changes during the run does not count as the one that was read (pain 15)", async () => {
  const project = createProjectWithDays([1])
  project.behaviour.beforeCompute = (step) => {
    if (step.startsWith("b")) land(project, "raw", day(1), "changed meanwhile")
  }
  await run(project, chain)
  expect([...project.files.values()]).toEqual(["a(r1)", "b(a(r1))"])
  expect(["a", "b"].map((name) => countProjectStates(project, chain, name).stale)).toEqual([1, 1])
  project.behaviour.beforeCompute = () => {}
  expect(await runAndListComputed(project, chain)).toEqual(["a 2026-01-01", "b 2026-01-01"])
})

test("a partition is fresh when the cause of its staleness is gone (pain 16)", async () => {
  const project = createProjectWithDays([1, 2])
  await run(project, chain)
  land(project, "raw", day(1), "corrected")
  await run(project, chain)
  land(project, "raw", day(2), "wrong")
  land(project, "raw", day(2), "r2")
  const without = buildValidGraph(raw, a, dailyAsset("b", sql`from ${raw}`))
  expect(countProjectStates(project, without, "b").stale).toBe(2)
  for (const name of ["a", "b"])
    expect(countProjectStates(project, chain, name)).toMatchObject({ fresh: 2 })
})

test("versions depend on inputs and code, not on time or the number of runs (pain 17)", async () => {
  const project = createProjectWithDays([1])
  await run(project, chain)
  const versions = project.steps.map(({ fingerprint }) => fingerprint)
  const again = createProjectWithDays([1])
  again.nowMs += 1e9
  await run(again, chain)
  await run(again, chain)
  expect(again.steps.map(({ fingerprint }) => fingerprint)).toEqual(versions)
})

test("a reverted setting reuses the rows that were materialized with it (pain 18)", async () => {
  const graph = (days: number) => buildValidGraph(raw, dailyAsset("a", sql`${days} from ${raw}`))
  const project = createProjectWithDays([1, 2])
  await run(project, graph(7))
  expect(await runAndListComputed(project, graph(30))).toHaveLength(2)
  expect(await runAndListComputed(project, graph(7))).toEqual([])
  expect(await runAndListComputed(project, graph(30))).toEqual([])
})

test("renaming an asset keeps its history (pain 19)", async () => {
  const project = createProjectWithDays([1, 2])
  await run(project, chain)
  const renamed = dailyAsset("renamed", sql`from ${raw}`, { previousNames: ["a"] })
  const graph = buildValidGraph(raw, renamed, dailyAsset("b", sql`from ${renamed}`))
  expect(await runAndListComputed(project, graph)).toEqual([])
  expect(countProjectStates(project, graph, "renamed").fresh).toBe(2)
})

test("assets are selected by the cause of their staleness (pain 20)", async () => {
  const project = createProjectWithDays([1, 2])
  await run(project, chain)
  const edited = dailyAsset("b", sql`from ${a} where true`)
  const graph = buildValidGraph(raw, a, edited, dailyAsset("c", sql`from ${edited}`))
  await run(project, buildValidGraph(raw, a, b, dailyAsset("c", sql`from ${b}`)))
  land(project, "raw", day(2), "corrected")
  const evaluation = evaluateProject(project, graph)
  const has: HasState = (asset, attribute, value) => {
    const status = getAssetStatus(evaluation, asset, day(2))
    if (attribute === "status") return status.kind === value
    return status.kind === "stale" && status.causes.some(({ kind }) => kind === value)
  }
  const selected = (text: string) => {
    const parsed = parseSelection(text)
    if (parsed.kind === "problem") throw new Error(parsed.problem.message)
    return resolveSelection(graph, parsed.selection, has).names
  }
  expect(selected("status:stale")).toEqual(["a", "b", "c"])
  expect(selected("stale:input")).toEqual(["a"])
  expect(selected("stale:code")).toEqual(["b"])
  expect(selected("stale:upstream")).toEqual(["b", "c"])
  expect(selected("stale:upstream and not stale:code")).toEqual(["c"])
  expect(formatStatus(graph, getAssetStatus(evaluation, edited, day(1)))).toBe("its code changed")
})
