import {
  type Computation,
  type Evaluation,
  type PartitionRange,
  type Status,
  assetNamed,
  assetStatus,
  intersection,
  partitionsReading,
  readingsOf,
  readRanges,
} from "@freshet/core"

/** One partition on the way from a root cause to the partition asked about. */
export interface PathStop {
  readonly asset: string
  readonly partition: number
  readonly status: Status
}

/** Computation → the partitions of it through which causes reach the partition asked about. */
export type Chain = ReadonlyMap<string, readonly PartitionRange[]>

/** One partition of a computation. */
interface Place {
  readonly computation: Computation
  readonly index: number
}

/** A place that reads another one, and the output through which it does. */
interface Hop extends Place {
  readonly through: string
}

/** A short way from where something begins to the partition asked about. Many steps of an asset along its own past are one. */
export function pathTo(
  evaluation: Evaluation,
  chain: Chain,
  asked: { readonly asset: string; readonly partition: number },
  root: Place,
): readonly PathStop[] {
  const { computation: last } = assetNamed(evaluation.graph, asked.asset)
  const distances = distancesTo(evaluation, last.name)
  const path: PathStop[] = []
  for (let at = root; ;) {
    const isThere = at.computation.name === last.name && at.index === asked.partition
    const hop = isThere ? undefined : nextHop(evaluation, chain, distances, at)
    const name = hop?.through ?? asked.asset
    const partition = isThere ? asked.partition : at.index
    const status = assetStatus(evaluation, assetNamed(evaluation.graph, name), partition)
    path.push({ asset: name, partition, status })
    if (hop === undefined) return path
    at = hop
  }
}

/** Computation → over how many reads it is from the one asked about. */
function distancesTo({ graph }: Evaluation, last: string): ReadonlyMap<string, number> {
  const distances = new Map([[last, 0]])
  for (const { name, reads } of graph.computations.toReversed()) {
    const own = distances.get(name)
    if (own === undefined) continue
    for (const { asset } of reads) {
      if (asset === undefined || asset.kind === "source") continue
      const { computation } = assetNamed(graph, asset.name)
      const known = distances.get(computation.name) ?? Infinity
      distances.set(computation.name, Math.min(known, own + 1))
    }
  }
  return distances
}

/** The reader of a place from which it is least far to go, or the end of its own past. */
function nextHop(
  evaluation: Evaluation,
  chain: Chain,
  distances: ReadonlyMap<string, number>,
  at: Place,
): Hop | undefined {
  let best: Hop | undefined
  let least = Infinity
  for (const computation of evaluation.graph.computations) {
    const distance = distances.get(computation.name) ?? Infinity
    if (distance >= least || computation.name === at.computation.name) continue
    const hop = hopTo(evaluation, chain, computation, at)
    if (hop !== undefined) [best, least] = [hop, distance]
  }
  return best ?? alongOwnPast(chain, at)
}

function hopTo(
  evaluation: Evaluation,
  chain: Chain,
  computation: Computation,
  at: Place,
): Hop | undefined {
  const outputs = new Set(at.computation.outputs.map(({ asset }) => asset))
  const ranges = chain.get(computation.name) ?? []
  for (const { asset, mapping } of readingsOf(evaluation.graph, computation)) {
    if (!outputs.has(asset.name)) continue
    const readers = partitionsReading(mapping, at.index)
    const found = ranges.flatMap((range) => intersection(range, readers) ?? [])
    const [first, last] = [found[0]?.from, found.at(-1)?.to]
    for (const index of [last, first]) {
      if (
        index === undefined ||
        !doesRead(evaluation, { computation, index }, asset.name, at.index)
      )
        continue
      return { computation, index, through: asset.name }
    }
  }
  return undefined
}

/** A window that takes the newest of what it meets does not find all of it. */
function doesRead(
  evaluation: Evaluation,
  { computation, index }: Place,
  name: string,
  read: number,
): boolean {
  return readRanges(evaluation, computation, index).some(
    ({ asset, range }) =>
      asset.name === name && range !== undefined && range.from <= read && read <= range.to,
  )
}

function alongOwnPast(chain: Chain, { computation, index }: Place): Hop | undefined {
  const isAccumulating = computation.reads.some(({ asset }) => asset === undefined)
  const range = chain.get(computation.name)?.find(({ from, to }) => from <= index && index < to)
  const [first] = computation.outputs
  if (!isAccumulating || range === undefined || first === undefined) return undefined
  return { computation, index: range.to, through: first.asset }
}
