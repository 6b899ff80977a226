import { expect, test } from "vitest"

import {
  buildPlan,
  findPlanDrift,
  savePlan,
  toPlanRequest,
  type Evaluation,
  type Graph,
  type PlanRequest,
  type SavedPlan,
} from "../../src/engine.ts"
import { sql } from "../../src/index.ts"
import { dailyAsset, day, buildValidGraph, source } from "../declarations.ts"
import { evaluateProject, identity, land, createProjectWithDays, run } from "../memory-project.ts"

const raw = source("raw")
const aside = source("aside")

function buildChainGraph(
  query = sql`from ${raw}`,
  names: readonly [string, string] = ["a", "b"],
): Graph {
  const a = dailyAsset(names[0], query)
  const b = dailyAsset(names[1], sql`from ${a}`)
  return buildValidGraph(raw, aside, a, b, dailyAsset("c", sql`from ${aside}`))
}

const graph = buildChainGraph()

function createProject(days: readonly number[]) {
  const project = createProjectWithDays(days)
  for (const dayOfMonth of days) land(project, "aside", day(dayOfMonth), `aside${dayOfMonth}`)
  return project
}

const request: PlanRequest = {
  targets: new Map([["b", [{ from: day(1), to: day(3) }]]]),
  publish: true,
}

function savePlanFor(evaluation: Evaluation, planRequest = request): SavedPlan {
  return savePlan(evaluation, buildPlan(evaluation, planRequest), planRequest, identity)
}

/** The drift of a saved plan in an evaluation. */
function formatDrift(before: SavedPlan, evaluation: Evaluation): readonly string[] {
  const parsed = JSON.parse(JSON.stringify(before)) as SavedPlan // as a plan file returns it
  const current = savePlanFor(evaluation, toPlanRequest(evaluation, parsed))
  return findPlanDrift(parsed, current).map(({ message }) => message)
}

test("a plan that was saved and parsed has the same request and no drift", () => {
  const project = createProject([1, 2, 3, 4])
  const evaluation = evaluateProject(project, graph)
  expect(toPlanRequest(evaluation, savePlanFor(evaluation))).toEqual({
    ...request,
    only: undefined,
  })
  expect(formatDrift(savePlanFor(evaluation), evaluation)).toEqual([])
})

test("after the plan was executed only the change of the ledger is reported", async () => {
  const project = createProject([1, 2, 3])
  const before = savePlanFor(evaluateProject(project, graph))
  await run(project, graph, () => request)
  expect(formatDrift(before, evaluateProject(project, graph))).toEqual([
    "The ledger changed after the plan was saved: partitions were materialized, checked or deleted.",
  ])
})

test("edited code of a target or its upstream is reported", async () => {
  const project = createProject([1, 2, 3])
  await run(project, graph, () => request)
  const nothingToDo = savePlanFor(evaluateProject(project, graph))
  expect(nothingToDo.work).toEqual([])
  expect(
    formatDrift(nothingToDo, evaluateProject(project, buildChainGraph(sql`select 1 from ${raw}`))),
  ).toEqual(["The code of `a` changed after the plan was saved."])
})

test("changed landed files are reported only for sources upstream of the targets", () => {
  const project = createProject([1, 2, 3])
  const before = savePlanFor(evaluateProject(project, graph))
  land(project, "aside", day(2), "corrected")
  expect(formatDrift(before, evaluateProject(project, graph))).toEqual([])
  land(project, "raw", day(2), "corrected")
  expect(formatDrift(before, evaluateProject(project, graph))).toEqual([
    "The landed files of `raw` changed after the plan was saved.",
  ])
})

test("a target that is no longer declared is reported", () => {
  const project = createProject([1, 2, 3])
  const before = savePlanFor(evaluateProject(project, graph))
  expect(
    formatDrift(before, evaluateProject(project, buildChainGraph(undefined, ["a", "d"]))),
  ).toEqual(["`b` is no longer declared, or has other partitions."])
})
