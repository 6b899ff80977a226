import type { CheckResult } from "../../src/engine.ts"
import { sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildGraphOf, source } from "../declarations.ts"
import {
  land,
  createMemoryProject,
  type Behaviour,
  type MemoryProject,
  type PlannedRun,
} from "../memory-project.ts"

export const raw = source("raw")
export const a = dailyAsset("a", sql`select n from ${raw}`)
export const b = dailyAsset("b", sql`select n from ${a}`)
export const c = dailyAsset("c", sql`select n from ${b}`)
export const other = dailyAsset("other", sql`select 7, n from ${raw}`)
/** `raw` → `a` → `b` → `c`, and `other` beside them. */
export const chain = buildGraphOf(raw, a, b, c, other)

/** A world in which these days of January have landed. */
export function createProject(
  days: readonly number[],
  behaviour: Partial<Behaviour> = {},
): MemoryProject {
  const project = createMemoryProject(afterDay(20), behaviour)
  for (const dayOfMonth of days) land(project, "raw", day(dayOfMonth), `r${dayOfMonth}`)
  return project
}

/** A check of an asset that failed. */
export function failedCheck(asset: string, severity: "error" | "warn" = "error"): CheckResult {
  return { asset, name: "c", severity, passed: false, failures: 3, sample: [] }
}

/** How each step of a run ended. */
export const listOutcomes = (result: PlannedRun) =>
  Object.fromEntries([...result.steps].map(([step, outcome]) => [step, outcome.kind]))
