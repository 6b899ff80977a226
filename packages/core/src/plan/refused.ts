import type { Asset } from "../declare/asset.ts"
import { type PartitionRange, partitionKey } from "../declare/partition.ts"
import { assetNamed } from "../graph/graph.ts"
import { type ComputedPartition, findBelow } from "./standing.ts"
import { type Evaluation, facts, factsAt, isUnfit, outputOf, rangesOf, statesOf } from "./states.ts"

/** Rows of one partition that fail the error checks of today. */
export interface RefusedRows {
  readonly asset: string
  readonly partition: number
  readonly key: string
}

/** Such rows as a person names them: `likes 2026-01-10`. */
export function rowsText({ asset, key }: RefusedRows): string {
  return `${asset} ${key}`.trimEnd()
}

const known = new WeakMap<Evaluation, Map<number, RefusedRows>>()

/** The first rows, read or stood on, that fail the error checks of today: nothing goes on from there. */
export function refusedBelow(
  evaluation: Evaluation,
  partition: ComputedPartition,
): RefusedRows | undefined {
  const standing = facts.fresh | facts.waits
  const found = known.get(evaluation) ?? new Map<number, RefusedRows>()
  known.set(evaluation, found)
  return findBelow(evaluation, partition, {
    find: ({ name, partitions }, index) =>
      isUnfit(evaluation, name, index)
        ? { asset: name, partition: index, key: partitionKey(partitions, index) }
        : undefined,
    isStanding: (computation, index) =>
      (factsAt(evaluation, computation, index) & standing) === standing,
    known: found,
  })
}

/** Partitions that are up to date and that nobody goes on from. */
export interface Refused {
  readonly asset: string
  readonly ranges: readonly PartitionRange[]
  /** The rows that fail the error checks of today, on which they stand; undefined where they are those rows themselves. */
  readonly standsOn: string | undefined
}

/** Of some partitions those that are up to date, and fail the error checks of today or stand on rows that do. */
export function refusedAmong(
  evaluation: Evaluation,
  targets: ReadonlyMap<string, readonly PartitionRange[]>,
): readonly Refused[] {
  return [...targets].flatMap(([name, ranges]) => {
    const asset = assetNamed(evaluation.graph, name)
    if (!mayBeRefused(evaluation, asset)) return []
    const found = new Map<string | undefined, number[]>()
    for (const { from, to } of ranges)
      for (let index = from; index <= to; index += 1) {
        const refused = refusedAt(evaluation, asset, index)
        if (refused === undefined) continue
        const alike = found.get(refused.standsOn)
        if (alike === undefined) found.set(refused.standsOn, [index])
        else alike.push(index)
      }
    return [...found].map(([standsOn, indexes]) => ({
      asset: name,
      ranges: rangesOf(indexes),
      standsOn,
    }))
  })
}

function mayBeRefused(evaluation: Evaluation, asset: Asset): boolean {
  const states = statesOf(evaluation, asset.computation)
  if (states === undefined) return false
  if (states.anyWaits || states.restored.size > 0) return true
  const marks = evaluation.snapshot.timelines.get(asset.computation.name)?.marks ?? []
  return marks.some(({ checks }) => (checks[outputOf(asset)]?.failedErrors ?? 0) > 0)
}

/** Why nobody goes on from a partition that is up to date; undefined where nothing stands against it. */
function refusedAt(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
): Pick<Refused, "standsOn"> | undefined {
  if (isUnfit(evaluation, asset.name, index)) return { standsOn: undefined }
  const { computation } = asset
  const standing = facts.fresh | facts.waits
  if ((factsAt(evaluation, computation, index) & standing) !== standing) return undefined
  const rows = refusedBelow(evaluation, { computation, partition: index })
  return { standsOn: rows && rowsText(rows) }
}
