import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { searchUpstream, findFreshDownstream } from "../evaluate/fresh-downstream.ts"
import { type PartitionSet, hasPartition } from "../evaluate/partition-set.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { toRanges } from "../partitions/range-algebra.ts"
import type { CheckStep, Step } from "../plan/plan.ts"
import { formatStateKey } from "./state-key.ts"

/** The failed steps and failed checks of a run, which block the steps downstream of them. */
export interface Blockers {
  readonly evaluation: Evaluation
  /** "user_recs 20463" → the step that failed. */
  readonly steps: Map<string, string>
  /** The check steps in which rows from before the run failed an error check. */
  readonly failedChecks: CheckStep[]
  /** The fresh partitions downstream of those rows, computed on first use: all check steps end before any partition is materialized. */
  freshDownstream: PartitionSet | undefined
  /** Place of a blocked fresh partition → the failed step upstream of it. */
  readonly blockerByPlace: Map<number, string>
}

/** Creates blockers of a run in which no step has failed. */
export function createBlockers(evaluation: Evaluation): Blockers {
  return {
    evaluation,
    steps: new Map(),
    failedChecks: [],
    freshDownstream: undefined,
    blockerByPlace: new Map(),
  }
}

/** Records that a step failed for these assets, so that it blocks their readers. */
export function addBlockers(blockers: Blockers, step: Step, assets: readonly string[]): void {
  for (const asset of assets) blockers.steps.set(formatStateKey(asset, step.partition), step.id)
  if (step.kind === "check" && assets.length > 0) blockers.failedChecks.push(step)
}

/** Finds the failed step whose rows a step reads, directly or through fresh partitions. */
export function findBlocker(blockers: Blockers, step: Step): string | undefined {
  if (blockers.steps.size === 0 || step.kind === "check") return undefined
  const { evaluation, steps, blockerByPlace } = blockers
  return searchUpstream(evaluation, step, {
    find: ({ name }, index) => steps.get(formatStateKey(name, index)),
    isBlocked: (computation, index) => isBlockedByFailedCheck(blockers, computation, index),
    resultByPlace: blockerByPlace,
  })
}

/** Tests whether a fresh partition is downstream of rows that failed an error check in this run. */
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
