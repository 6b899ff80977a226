import { sql } from "../../src/index.ts"
import { dailyAsset, buildValidGraph, source } from "../declarations.ts"
import type { PlannedRun } from "../memory-project.ts"

export const raw = source("raw")
export const a = dailyAsset("a", sql`select n from ${raw}`)
export const b = dailyAsset("b", sql`select n from ${a}`)
export const c = dailyAsset("c", sql`select n from ${b}`)
export const other = dailyAsset("other", sql`select 7, n from ${raw}`)
/** The graph `raw` → `a` → `b` → `c`, and `raw` → `other`. */
export const chain = buildValidGraph(raw, a, b, c, other)

/** Step → its outcome. */
export const listOutcomes = (result: PlannedRun) =>
  Object.fromEntries([...result.steps].map(([step, outcome]) => [step, outcome.kind]))
