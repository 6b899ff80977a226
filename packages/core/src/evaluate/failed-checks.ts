import type { Asset } from "../declare/declaration.ts"
import { type PartitionRange, formatPartitionKey } from "../declare/partition.ts"
import { getAsset } from "../graph/graph.ts"
import { type ComputationPartition, searchUpstream } from "./fresh-downstream.ts"
import {
  type Evaluation,
  stateFlags,
  stateFlagsAt,
  failsChecks,
  findOutputIndex,
  toRanges,
  findStates,
} from "./states.ts"

/** Rows of one partition that fail the error checks of today. */
export interface FailedRows {
  readonly asset: string
  readonly partition: number
  readonly key: string
}

/** Such rows as a person names them: `likes 2026-01-10`. */
export function formatFailedRows({ asset, key }: FailedRows): string {
  return `${asset} ${key}`.trimEnd()
}

const failedRowsCache = new WeakMap<Evaluation, Map<number, FailedRows>>()

/** The first rows, read or stood on, that fail the error checks of today: nothing goes on from there. */
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

/** Partitions that are up to date and that nobody goes on from. */
export interface FailedChecks {
  readonly asset: string
  readonly ranges: readonly PartitionRange[]
  /** The rows that fail the error checks of today, on which they stand; undefined where they are those rows themselves. */
  readonly blocker: string | undefined
}

/** Of some partitions those that are up to date, and fail the error checks of today or stand on rows that do. */
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
  const marks = evaluation.snapshot.histories.get(asset.computation.name)?.versions ?? []
  return marks.some(({ checks }) => (checks[findOutputIndex(asset)]?.failedErrors ?? 0) > 0)
}

/** Why nobody goes on from a partition that is up to date; undefined where nothing stands against it. */
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
