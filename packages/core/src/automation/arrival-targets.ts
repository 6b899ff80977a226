import { type PartitionRange, findPartition } from "../declare/partition.ts"
import { type Evaluation, listRangesWhere, stateFlags } from "../evaluate/states.ts"
import { type Mapping, intersectRanges, listPartitionsReading } from "../graph/mapping.ts"
import { intersectRangeLists, joinRanges } from "../partitions/range-algebra.ts"
import { listNewestTargets } from "../plan/targets.ts"
import type { ArrivedPartitions } from "./due-ticks.ts"

type Partitions = ReadonlyMap<string, readonly PartitionRange[]>

/**
 * Lists the partitions that an arrival makes due: of each asset the newest one, and those that read what arrived,
 * directly or through other assets, and are not fresh. Through a window without end, such as `upTo` and `all`, only
 * materialized partitions are reached.
 */
export function listArrivalTargets(
  evaluation: Evaluation,
  assets: readonly string[],
  arrived: ArrivedPartitions,
): Partitions {
  const reached = findReachedPartitions(evaluation, arrived, listPartitionsReading)
  const boundedReached = findReachedPartitions(evaluation, arrived, listReadersNearby)
  const newest = listNewestTargets(evaluation, assets)
  const targets = new Map<string, readonly PartitionRange[]>()
  for (const name of assets) {
    const asset = evaluation.graph.assets.get(name)
    if (asset?.kind !== "asset") continue
    const listWhere = (matches: (flags: number) => boolean) =>
      listRangesWhere(evaluation, asset.computation, matches)
    const ranges = joinRanges([
      ...intersectRangeLists(reached.get(name) ?? [], listWhere(isStale)),
      ...intersectRangeLists(boundedReached.get(name) ?? [], listWhere(isNotFresh)),
      ...(newest.get(name) ?? []),
    ])
    if (ranges.length > 0) targets.set(name, ranges)
  }
  return targets
}

function isNotFresh(flags: number): boolean {
  return (flags & stateFlags.fresh) === 0
}

function isStale(flags: number): boolean {
  return isNotFresh(flags) && (flags & stateFlags.materialized) !== 0
}

type ListReaders = (mapping: Mapping, index: number) => PartitionRange

/** Finds the partitions that read the arrived ones, directly or through other assets: asset → partitions. */
function findReachedPartitions(
  { graph, bounds }: Evaluation,
  arrived: ArrivedPartitions,
  listReaders: ListReaders,
): Partitions {
  const reached = new Map<string, readonly PartitionRange[]>()
  for (const [source, keys] of Object.entries(arrived)) {
    const partitions = graph.assets.get(source)?.partitions
    const indexes = keys.flatMap((key) => (partitions && findPartition(partitions, key)) ?? [])
    reached.set(source, joinRanges(indexes.map((index) => ({ from: index, to: index }))))
  }
  for (const { name, outputs } of graph.computations) {
    const existing = bounds.get(outputs[0]?.asset ?? "")
    const readings = graph.readings.get(name) ?? []
    const ranges = readings.flatMap(({ asset, mapping }) =>
      (reached.get(asset.name) ?? []).flatMap(({ from, to }) => {
        const readers = { from: listReaders(mapping, from).from, to: listReaders(mapping, to).to }
        return (existing && intersectRanges(readers, existing)) ?? []
      }),
    )
    const readsItself = readings.some(({ read }) => read.asset === undefined)
    const reachedRanges = readsItself ? extendToNewest(ranges, existing) : joinRanges(ranges)
    if (reachedRanges.length > 0) for (const { asset } of outputs) reached.set(asset, reachedRanges)
  }
  return reached
}

/** Adds the successors of a range: each of them reads its predecessor. */
function extendToNewest(
  ranges: readonly PartitionRange[],
  existing: PartitionRange | undefined,
): readonly PartitionRange[] {
  const [first] = joinRanges(ranges)
  return first === undefined || existing === undefined
    ? []
    : [{ from: first.from, to: existing.to }]
}

/** Lists the readers of a partition; of readers without end only the first. */
function listReadersNearby(mapping: Mapping, index: number): PartitionRange {
  const readers = listPartitionsReading(mapping, index)
  return readers.to === Infinity ? { from: readers.from, to: readers.from } : readers
}
