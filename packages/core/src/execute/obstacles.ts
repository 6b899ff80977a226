import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type Marks, isMarkedIn } from "../plan/marks.ts"
import type { CheckStep, Step } from "../plan/plan.ts"
import { findBelow, standingOn } from "../plan/standing.ts"
import { type Evaluation, rangesOf } from "../plan/states.ts"
import { stateKey } from "./state-key.ts"

/** What holds back the steps that would go on from it: rows that were not made, or that an error check refused. */
export interface Obstacles {
  readonly evaluation: Evaluation
  /** "user_recs 20463" → the step that ended badly. */
  readonly steps: Map<string, string>
  /** The rows that were there before the run, and were refused in it. */
  readonly refused: CheckStep[]
  /** The fresh partitions that stand on those. All checks of rows that are there end before anything is made. */
  standing: Marks | undefined
  /** Of those, the step below each that was looked at. */
  readonly below: Map<number, string>
}

/** Nothing holds anything back. */
export function noObstacles(evaluation: Evaluation): Obstacles {
  return { evaluation, steps: new Map(), refused: [], standing: undefined, below: new Map() }
}

/** Notes that nobody may go on from what a step left of these assets. */
export function addObstacles(obstacles: Obstacles, step: Step, assets: readonly string[]): void {
  for (const asset of assets) obstacles.steps.set(stateKey(asset, step.partition), step.id)
  if (step.kind === "check" && assets.length > 0) obstacles.refused.push(step)
}

/** The step that ended badly and whose rows this one would read, or read by way of rows that stand on them. */
export function obstacleOf(obstacles: Obstacles, step: Step): string | undefined {
  if (obstacles.steps.size === 0 || step.kind === "check") return undefined
  const { evaluation, steps, below } = obstacles
  return findBelow(evaluation, step, {
    find: ({ name }, index) => steps.get(stateKey(name, index)),
    isStanding: (computation, index) => standsOnRefused(obstacles, computation, index),
    known: below,
  })
}

/** Whether fresh rows stand on rows that were refused in this run. */
export function standsOnRefused(
  obstacles: Obstacles,
  computation: Computation,
  partition: number,
): boolean {
  const { evaluation, refused } = obstacles
  if (refused.length === 0) return false
  obstacles.standing ??= standingOn(evaluation, rangesRefused(refused))
  return isMarkedIn(evaluation, obstacles.standing, computation, partition)
}

function rangesRefused(
  refused: readonly CheckStep[],
): ReadonlyMap<string, readonly PartitionRange[]> {
  const places = new Map<string, number[]>()
  for (const { asset, partition } of refused) {
    const own = places.get(asset.name)
    if (own === undefined) places.set(asset.name, [partition])
    else own.push(partition)
  }
  return new Map([...places].map(([name, own]) => [name, rangesOf(own.toSorted((a, b) => a - b))]))
}
