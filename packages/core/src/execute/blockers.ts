import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { searchUpstream, findFreshDownstream } from "../evaluate/fresh-downstream.ts"
import { type PartitionSet, hasPartition } from "../evaluate/partition-set.ts"
import { type Evaluation, toRanges } from "../evaluate/states.ts"
import type { CheckStep, Step } from "../plan/plan.ts"
import { formatStateKey } from "./state-key.ts"

/** What holds back the steps that would go on from it: rows that were not made, or that an error check refused. */
export interface Blockers {
  readonly evaluation: Evaluation
  /** "user_recs 20463" → the step that ended badly. */
  readonly steps: Map<string, string>
  /** The rows that were there before the run, and were refused in it. */
  readonly failedChecks: CheckStep[]
  /** The fresh partitions that stand on those. All checks of rows that are there end before anything is made. */
  freshDownstream: PartitionSet | undefined
  /** Of those, the step below each that was looked at. */
  readonly blockerByPlace: Map<number, string>
}

/** Nothing holds anything back. */
export function createBlockers(evaluation: Evaluation): Blockers {
  return {
    evaluation,
    steps: new Map(),
    failedChecks: [],
    freshDownstream: undefined,
    blockerByPlace: new Map(),
  }
}

/** Notes that nobody may go on from what a step left of these assets. */
export function addBlockers(blockers: Blockers, step: Step, assets: readonly string[]): void {
  for (const asset of assets) blockers.steps.set(formatStateKey(asset, step.partition), step.id)
  if (step.kind === "check" && assets.length > 0) blockers.failedChecks.push(step)
}

/** The step that ended badly and whose rows this one would read, or read by way of rows that stand on them. */
export function findBlocker(blockers: Blockers, step: Step): string | undefined {
  if (blockers.steps.size === 0 || step.kind === "check") return undefined
  const { evaluation, steps, blockerByPlace } = blockers
  return searchUpstream(evaluation, step, {
    find: ({ name }, index) => steps.get(formatStateKey(name, index)),
    isBlocked: (computation, index) => isBlockedByFailedCheck(blockers, computation, index),
    resultByPlace: blockerByPlace,
  })
}

/** Whether fresh rows stand on rows that were refused in this run. */
export function isBlockedByFailedCheck(
  blockers: Blockers,
  computation: Computation,
  partition: number,
): boolean {
  const { evaluation, failedChecks } = blockers
  if (failedChecks.length === 0) return false
  blockers.freshDownstream ??= findFreshDownstream(evaluation, toRangesByAsset(failedChecks))
  return hasPartition(evaluation, blockers.freshDownstream, computation, partition)
}

function toRangesByAsset(
  steps: readonly CheckStep[],
): ReadonlyMap<string, readonly PartitionRange[]> {
  const indexesByAsset = new Map<string, number[]>()
  for (const { asset, partition } of steps) {
    const indexes = indexesByAsset.get(asset.name)
    if (indexes === undefined) indexesByAsset.set(asset.name, [partition])
    else indexes.push(partition)
  }
  return new Map(
    [...indexesByAsset].map(([name, indexes]) => [
      name,
      toRanges(indexes.toSorted((a, b) => a - b)),
    ]),
  )
}
