import { sql } from "../../src/index.ts"
import type { CheckResult } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, source } from "../declared.ts"
import { land, memoryWorld, type Behaviour, type MemoryWorld, type Ran } from "../memory-world.ts"

export const raw = source("raw")
export const a = dailyAsset("a", sql`select n from ${raw}`)
export const b = dailyAsset("b", sql`select n from ${a}`)
export const c = dailyAsset("c", sql`select n from ${b}`)
export const other = dailyAsset("other", sql`select 7, n from ${raw}`)
/** `raw` → `a` → `b` → `c`, and `other` beside them. */
export const chain = graphOf(raw, a, b, c, other)

/** A world in which these days of January have landed. */
export function worldWith(
  days: readonly number[],
  behaviour: Partial<Behaviour> = {},
): MemoryWorld {
  const world = memoryWorld(afterDay(20), behaviour)
  for (const each of days) land(world, "raw", day(each), `r${each}`)
  return world
}

/** A check of an asset that failed. */
export function failing(asset: string, severity: "error" | "warn" = "error"): CheckResult {
  return { asset, name: "c", severity, passed: false, failures: 3, sample: [] }
}

/** How each step of a run ended. */
export const outcomes = (result: Ran) =>
  Object.fromEntries([...result.steps].map(([step, outcome]) => [step, outcome.kind]))
