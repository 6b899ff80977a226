import type { Asset } from "../declare/declaration.ts"
import { type PartitionRange, formatPartitionKey } from "../declare/partition.ts"
import { getAsset } from "../graph/graph.ts"
import { toRanges } from "../partitions/range-algebra.ts"
import { type ComputationPartition, searchUpstream } from "./fresh-downstream.ts"
import {
  type Evaluation,
  stateFlags,
  stateFlagsAt,
  failsChecks,
  findOutputIndex,
  findStates,
} from "./states.ts"

/** A partition whose rows fail a current error check. */
export interface FailedRows {
  readonly asset: string
  readonly partition: number
  readonly key: string
}

/** Formats such a partition: `likes 2026-01-10`. */
export function formatFailedRows({ asset, key }: FailedRows): string {
  return `${asset} ${key}`.trimEnd()
}

const failedRowsCache = new WeakMap<Evaluation, Map<number, FailedRows>>()

/** Finds the first partition upstream, directly or through fresh partitions, whose rows fail a current error check. */
export function findFailedUpstream(
  evaluation: Evaluation,
  partition: ComputationPartition,
): FailedRows | undefined {
  const freshAndBlocked = stateFlags.fresh | stateFlags.blocked
  const rowsByPlace = failedRowsCache.get(evaluation) ?? new Map<number, FailedRows>()
  failedRowsCache.set(evaluation, rowsByPlace)
  return searchUpstream(evaluation, partition, {
    find: ({ name, partitions }, index) =>
      failsChecks(evaluation, name, index)
        ? { asset: name, partition: index, key: formatPartitionKey(partitions, index) }
        : undefined,
    isBlocked: (computation, index) =>
      (stateFlagsAt(evaluation, computation, index) & freshAndBlocked) === freshAndBlocked,
    resultByPlace: rowsByPlace,
  })
}

/** Fresh partitions that block their downstream. */
export interface FailedChecks {
  readonly asset: string
  readonly ranges: readonly PartitionRange[]
  /** The upstream partition whose rows fail a current error check; undefined where the partitions' own rows fail. */
  readonly blocker: string | undefined
}

/** Finds the fresh partitions among some targets whose rows, or rows upstream, fail a current error check. */
export function findFailedChecks(
  evaluation: Evaluation,
  targets: ReadonlyMap<string, readonly PartitionRange[]>,
): readonly FailedChecks[] {
  return [...targets].flatMap(([name, ranges]) => {
    const asset = getAsset(evaluation.graph, name)
    if (!canFailChecks(evaluation, asset)) return []
    const indexesByBlocker = new Map<string | undefined, number[]>()
    for (const { from, to } of ranges)
      for (let index = from; index <= to; index += 1) {
        const failedCheck = findFailedCheck(evaluation, asset, index)
        if (failedCheck === undefined) continue
        const indexes = indexesByBlocker.get(failedCheck.blocker)
        if (indexes === undefined) indexesByBlocker.set(failedCheck.blocker, [index])
        else indexes.push(index)
      }
    return [...indexesByBlocker].map(([blocker, indexes]) => ({
      asset: name,
      ranges: toRanges(indexes),
      blocker,
    }))
  })
}

function canFailChecks(evaluation: Evaluation, asset: Asset): boolean {
  const states = findStates(evaluation, asset.computation)
  if (states === undefined) return false
  if (states.anyBlocked || states.reverted.size > 0) return true
  const versions = evaluation.snapshot.histories.get(asset.computation.name)?.versions ?? []
  return versions.some(({ checks }) => (checks[findOutputIndex(asset)]?.failedErrors ?? 0) > 0)
}

/** The failed check of a fresh partition: its own or an upstream one; undefined when there is none. */
function findFailedCheck(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
): Pick<FailedChecks, "blocker"> | undefined {
  if (failsChecks(evaluation, asset.name, index)) return { blocker: undefined }
  const { computation } = asset
  const freshAndBlocked = stateFlags.fresh | stateFlags.blocked
  if ((stateFlagsAt(evaluation, computation, index) & freshAndBlocked) !== freshAndBlocked)
    return undefined
  const rows = findFailedUpstream(evaluation, { computation, partition: index })
  return { blocker: rows && formatFailedRows(rows) }
}
