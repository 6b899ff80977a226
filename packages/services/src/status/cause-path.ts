import {
  type Computation,
  type Evaluation,
  getAsset,
  getAssetStatus,
  intersectRanges,
  listPartitionsReading,
  listStepRanges,
  listStepReadings,
  type PartitionRange,
  type Status,
} from "@freshet/core/engine"

/** One partition on the path from a root cause to the target. */
export interface PathStop {
  readonly asset: string
  readonly partition: number
  readonly status: Status
}

/** Computation → its partitions through which causes reach the target. */
export type CauseChain = ReadonlyMap<string, readonly PartitionRange[]>

/** One partition of a computation. */
interface ComputationPartition {
  readonly computation: Computation
  readonly index: number
}

/** A partition that reads another one, and the output through which it does. */
interface Hop extends ComputationPartition {
  readonly through: string
}

/** Finds a short path from a root cause to the target. Many steps along an asset's own past count as one. */
export function findCausePath(
  evaluation: Evaluation,
  chain: CauseChain,
  target: { readonly asset: string; readonly partition: number },
  root: ComputationPartition,
): readonly PathStop[] {
  const { computation: targetComputation } = getAsset(evaluation.graph, target.asset)
  const distances = measureDistances(evaluation, targetComputation.name)
  const path: PathStop[] = []
  for (let place = root; ;) {
    const isTarget =
      place.computation.name === targetComputation.name && place.index === target.partition
    const hop = isTarget ? undefined : findNextHop(evaluation, chain, distances, place)
    const name = hop?.through ?? target.asset
    const partition = isTarget ? target.partition : place.index
    const status = getAssetStatus(evaluation, getAsset(evaluation.graph, name), partition)
    path.push({ asset: name, partition, status })
    if (hop === undefined) return path
    place = hop
  }
}

/** Measures the number of reads between each computation and the target. */
function measureDistances({ graph }: Evaluation, last: string): ReadonlyMap<string, number> {
  const distances = new Map([[last, 0]])
  for (const reader of graph.computations.toReversed()) {
    const distance = distances.get(reader.name)
    if (distance === undefined) continue
    for (const { read, asset } of listStepReadings(graph, reader)) {
      if (read.asset === undefined || asset.kind === "source") continue
      const { name } = asset.computation
      distances.set(name, Math.min(distances.get(name) ?? Infinity, distance + 1))
    }
  }
  return distances
}

/** Finds the reader of a partition nearest to the target, or the end of the asset's own past. */
function findNextHop(
  evaluation: Evaluation,
  chain: CauseChain,
  distances: ReadonlyMap<string, number>,
  place: ComputationPartition,
): Hop | undefined {
  let bestHop: Hop | undefined
  let leastDistance = Infinity
  for (const computation of evaluation.graph.computations) {
    const distance = distances.get(computation.name) ?? Infinity
    if (distance >= leastDistance || computation.name === place.computation.name) continue
    const hop = findHop(evaluation, chain, computation, place)
    if (hop !== undefined) [bestHop, leastDistance] = [hop, distance]
  }
  return bestHop ?? findSelfHop(chain, place)
}

function findHop(
  evaluation: Evaluation,
  chain: CauseChain,
  computation: Computation,
  place: ComputationPartition,
): Hop | undefined {
  const outputs = new Set(place.computation.outputs.map(({ asset }) => asset))
  const ranges = chain.get(computation.name) ?? []
  for (const { asset, mapping } of listStepReadings(evaluation.graph, computation)) {
    if (!outputs.has(asset.name)) continue
    const readers = listPartitionsReading(mapping, place.index)
    const readingRanges = ranges.flatMap((range) => intersectRanges(range, readers) ?? [])
    const [firstReader, lastReader] = [readingRanges[0]?.from, readingRanges.at(-1)?.to]
    for (const index of [lastReader, firstReader]) {
      if (
        index === undefined ||
        !readsPartition(evaluation, { computation, index }, asset.name, place.index)
      )
        continue
      return { computation, index, through: asset.name }
    }
  }
  return undefined
}

/** Checks that a window reaches a partition: one that takes the newest partition does not reach the others. */
function readsPartition(
  evaluation: Evaluation,
  { computation, index }: ComputationPartition,
  name: string,
  readPartition: number,
): boolean {
  return listStepRanges(evaluation, computation, index).some(
    ({ asset, range }) =>
      asset.name === name &&
      range !== undefined &&
      range.from <= readPartition &&
      readPartition <= range.to,
  )
}

function findSelfHop(
  chain: CauseChain,
  { computation, index }: ComputationPartition,
): Hop | undefined {
  const isAccumulating = computation.reads.some(({ asset }) => asset === undefined)
  const range = chain.get(computation.name)?.find(({ from, to }) => from <= index && index < to)
  const [first] = computation.outputs
  if (!isAccumulating || range === undefined || first === undefined) return undefined
  return { computation, index: range.to, through: first.asset }
}
