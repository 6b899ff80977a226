import type { Asset, Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import {
  type Bitset,
  type BitsetSlice,
  createBitset,
  isSet,
  intersectBits,
  setBits,
} from "../partitions/bitset.ts"
import { listStepRanges } from "./inputs.ts"
import { type NumberedComputation, numberGraph } from "./numbered-graph.ts"
import {
  type PartitionSet,
  addSuccessors,
  addReaders,
  createPartitionSet,
  getSlice,
} from "./partition-set.ts"
import { type Evaluation, findStates } from "./states.ts"
import { setReaders } from "./window-sums.ts"
import { type WindowFinder, createWindowFinder } from "./windows.ts"

/** Finds the fresh partitions downstream of these partitions of assets, directly or through fresh partitions. */
export function findFreshDownstream(
  evaluation: Evaluation,
  rows: ReadonlyMap<string, readonly PartitionRange[]>,
): PartitionSet {
  const downstream = createPartitionSet(evaluation)
  const finder = createWindowFinder(evaluation)
  const fresh = evaluation.stale.map((word) => ~word)
  const search = { rows: toSlices(evaluation, rows), downstream, fresh, finder }
  for (const computation of numberGraph(evaluation.graph).computations)
    addDownstream(evaluation, search, computation)
  return downstream
}

function toSlices(
  evaluation: Evaluation,
  rows: ReadonlyMap<string, readonly PartitionRange[]>,
): ReadonlyMap<string, BitsetSlice> {
  const slices = new Map<string, BitsetSlice>()
  for (const [name, ranges] of rows) {
    const asset = evaluation.graph.assets.get(name)
    const states = asset?.kind === "asset" ? findStates(evaluation, asset.computation) : undefined
    if (states === undefined) continue
    const { from, length } = states
    const bits = createBitset(length)
    for (const range of ranges)
      setBits(bits, Math.max(0, range.from - from), Math.min(range.to - from + 1, length))
    slices.set(name, { bits, start: 0, length })
  }
  return slices
}

interface DownstreamSearch {
  /** By asset. */
  readonly rows: ReadonlyMap<string, BitsetSlice>
  readonly downstream: PartitionSet
  /** The fresh partitions. */
  readonly fresh: Bitset
  readonly finder: WindowFinder
}

function addDownstream(
  evaluation: Evaluation,
  { rows, downstream, fresh, finder }: DownstreamSearch,
  computation: NumberedComputation,
): void {
  const { number, reads, past } = computation
  const states = evaluation.states[number]
  if (states === undefined) return
  const slice = getSlice(downstream, states)
  addReaders(evaluation, downstream, finder, computation)
  for (const read of reads) {
    const rowSlice = rows.get(read.reading.asset.name)
    const upstream = evaluation.states[read.maker ?? -1]
    if (rowSlice !== undefined && upstream !== undefined)
      setReaders(slice, finder.findWindows(read, states, upstream), rowSlice)
  }
  const previousRows = past && rows.get(computation.computation.outputs[0]?.asset ?? "")
  if (previousRows !== undefined) setSuccessors(slice, previousRows)
  const hasDownstream = intersectBits(slice, fresh)
  if (hasDownstream && past !== undefined) addSuccessors({ ...slice, bits: fresh }, slice)
  downstream.computationFlags[number] = hasDownstream ? 1 : 0
}

/** Adds the successors of partitions, which read the partition before them. */
function setSuccessors({ bits, start, length }: BitsetSlice, predecessors: BitsetSlice): void {
  for (let at = 1; at < length; at += 1)
    if (isSet(predecessors.bits, at - 1)) setBits(bits, start + at, start + at + 1)
}

/** One partition of a computation. */
export interface ComputationPartition {
  readonly computation: Computation
  readonly partition: number
}

/** A search upstream of a partition: `find` tests one partition, `isBlocked` decides whether the search continues through it. */
export interface UpstreamSearch<Match> {
  readonly find: (asset: Asset, index: number) => Match | undefined
  readonly isBlocked: (computation: Computation, index: number) => boolean
  /** Place of a partition → the result of the search upstream of it, so that each one is searched once. */
  readonly resultByPlace: Map<number, Match>
}

/** Finds the first match among the upstream partitions of a partition, or else upstream of a blocked one of them. */
export function searchUpstream<Match>(
  evaluation: Evaluation,
  start: ComputationPartition,
  search: UpstreamSearch<Match>,
): Match | undefined {
  const visitedPlaces: number[] = []
  let match: Match | undefined
  for (let next: ComputationPartition | undefined = start; next !== undefined;) {
    const place = getPlace(evaluation, next)
    match = search.resultByPlace.get(place)
    if (match !== undefined) break
    const step: SearchStep<Match> = searchReads(evaluation, next, search)
    match = step.match
    next = step.blocked
    visitedPlaces.push(place)
  }
  if (match !== undefined)
    for (const place of visitedPlaces.slice(1)) search.resultByPlace.set(place, match)
  return match
}

function getPlace(
  evaluation: Evaluation,
  { computation, partition }: ComputationPartition,
): number {
  const { start = 0, from = 0 } = findStates(evaluation, computation) ?? {}
  return start + partition - from
}

interface SearchStep<Match> {
  readonly match?: Match
  readonly blocked?: ComputationPartition | undefined
}

function searchReads<Match>(
  evaluation: Evaluation,
  { computation, partition }: ComputationPartition,
  { find, isBlocked }: UpstreamSearch<Match>,
): SearchStep<Match> {
  let blocked: ComputationPartition | undefined
  for (const { asset, range } of listStepRanges(evaluation, computation, partition)) {
    if (asset.kind === "source") continue
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1) {
      const match = find(asset, index)
      if (match !== undefined) return { match }
      if (blocked === undefined && isBlocked(asset.computation, index))
        blocked = { computation: asset.computation, partition: index }
    }
  }
  return { blocked }
}
