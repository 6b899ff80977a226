import { expect, test } from "vitest"

import { makePlan, planDrift, requestOf, type SavedPlan, savePlan, sql } from "../../src/index.ts"
import type { Evaluation, Graph, PlanRequest } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, source } from "../declared.ts"
import { evaluateIn, identity, land, memoryWorld, run } from "../memory-world.ts"

const raw = source("raw")
const aside = source("aside")

function graphWith(query = sql`from ${raw}`, names: readonly [string, string] = ["a", "b"]): Graph {
  const a = dailyAsset(names[0], query)
  const b = dailyAsset(names[1], sql`from ${a}`)
  return graphOf(raw, aside, a, b, dailyAsset("c", sql`from ${aside}`))
}

const graph = graphWith()

function worldOf(days: readonly number[]) {
  const world = memoryWorld(afterDay(20))
  for (const name of ["raw", "aside"])
    for (const each of days) land(world, name, day(each), `${name}${each}`)
  return world
}

const asked: PlanRequest = {
  targets: new Map([["b", [{ from: day(1), to: day(3) }]]]),
  publish: true,
}

function saved(evaluation: Evaluation, request = asked): SavedPlan {
  return savePlan(evaluation, makePlan(evaluation, request, identity), request, identity)
}

/** What a plan that was saved before is told when it is to be performed. */
function drift(before: SavedPlan, evaluation: Evaluation): readonly string[] {
  const kept = JSON.parse(JSON.stringify(before)) as SavedPlan // as a file gives it back
  const now = saved(evaluation, requestOf(evaluation, kept))
  return planDrift(kept, now).map(({ message }) => message)
}

test("a plan that went through a file asks for the same and is the same", () => {
  const world = worldOf([1, 2, 3, 4])
  const evaluation = evaluateIn(world, graph)
  expect(requestOf(evaluation, saved(evaluation))).toEqual({ ...asked, only: undefined })
  expect(drift(saved(evaluation), evaluation)).toEqual([])
})

test("only what has happened is told: after the plan was performed the ledger moved, and nothing else", async () => {
  const world = worldOf([1, 2, 3])
  const before = saved(evaluateIn(world, graph))
  await run(world, graph, () => asked)
  expect(drift(before, evaluateIn(world, graph))).toEqual([
    "The ledger moved since the plan was saved: something was made, checked or cleaned up.",
  ])
})

test("edited code is named, be it of what was to be made or of what that comes from", async () => {
  const world = worldOf([1, 2, 3])
  await run(world, graph, () => asked)
  const nothingToDo = saved(evaluateIn(world, graph))
  expect(nothingToDo.work).toEqual([])
  expect(drift(nothingToDo, evaluateIn(world, graphWith(sql`select 1 from ${raw}`)))).toEqual([
    "The code of `a` is not what it was when the plan was saved.",
  ])
})

test("what has landed is named where the plan comes from it, and nowhere else", () => {
  const world = worldOf([1, 2, 3])
  const before = saved(evaluateIn(world, graph))
  land(world, "aside", day(2), "corrected")
  expect(drift(before, evaluateIn(world, graph))).toEqual([])
  land(world, "raw", day(2), "corrected")
  expect(drift(before, evaluateIn(world, graph))).toEqual([
    "What has landed of `raw` is not what it was when the plan was saved.",
  ])
})

test("a plan for what is not declared any more is refused", () => {
  const world = worldOf([1, 2, 3])
  const before = saved(evaluateIn(world, graph))
  expect(drift(before, evaluateIn(world, graphWith(undefined, ["a", "d"])))).toEqual([
    "`b` is not declared any more, or is cut into other partitions.",
  ])
})
