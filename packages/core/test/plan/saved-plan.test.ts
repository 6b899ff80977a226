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

const asked: PlanRequest = {
  targets: new Map([["b", [{ from: day(1), to: day(3) }]]]),
  publish: true,
}

function saved(evaluation: Evaluation, request = asked): SavedPlan {
  return savePlan(evaluation, buildPlan(evaluation, request, identity), request, identity)
}

/** What a plan that was saved before is told when it is to be performed. */
function drift(before: SavedPlan, evaluation: Evaluation): readonly string[] {
  const kept = JSON.parse(JSON.stringify(before)) as SavedPlan // as a file gives it back
  const now = saved(evaluation, toPlanRequest(evaluation, kept))
  return findPlanDrift(kept, now).map(({ message }) => message)
}

test("a plan that went through a file asks for the same and is the same", () => {
  const project = createProject([1, 2, 3, 4])
  const evaluation = evaluateProject(project, graph)
  expect(toPlanRequest(evaluation, saved(evaluation))).toEqual({ ...asked, only: undefined })
  expect(drift(saved(evaluation), evaluation)).toEqual([])
})

test("only what has happened is told: after the plan was performed the ledger moved, and nothing else", async () => {
  const project = createProject([1, 2, 3])
  const before = saved(evaluateProject(project, graph))
  await run(project, graph, () => asked)
  expect(drift(before, evaluateProject(project, graph))).toEqual([
    "The ledger moved since the plan was saved: something was made, checked or cleaned up.",
  ])
})

test("edited code is named, be it of what was to be made or of what that comes from", async () => {
  const project = createProject([1, 2, 3])
  await run(project, graph, () => asked)
  const nothingToDo = saved(evaluateProject(project, graph))
  expect(nothingToDo.work).toEqual([])
  expect(
    drift(nothingToDo, evaluateProject(project, buildChainGraph(sql`select 1 from ${raw}`))),
  ).toEqual(["The code of `a` is not what it was when the plan was saved."])
})

test("what has landed is named where the plan comes from it, and nowhere else", () => {
  const project = createProject([1, 2, 3])
  const before = saved(evaluateProject(project, graph))
  land(project, "aside", day(2), "corrected")
  expect(drift(before, evaluateProject(project, graph))).toEqual([])
  land(project, "raw", day(2), "corrected")
  expect(drift(before, evaluateProject(project, graph))).toEqual([
    "What has landed of `raw` is not what it was when the plan was saved.",
  ])
})

test("a plan for what is not declared any more is refused", () => {
  const project = createProject([1, 2, 3])
  const before = saved(evaluateProject(project, graph))
  expect(drift(before, evaluateProject(project, buildChainGraph(undefined, ["a", "d"])))).toEqual([
    "`b` is not declared any more, or is cut into other partitions.",
  ])
})
