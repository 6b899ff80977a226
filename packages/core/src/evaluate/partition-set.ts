import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import {
  type Bitset,
  type BitsetSlice,
  createBitset,
  isSet,
  listSetRanges,
  setBits,
} from "../partitions/bitset.ts"
import type { NumberedComputation } from "./numbered-graph.ts"
import { type Evaluation, type ComputationStates, findStates } from "./states.ts"
import { setReaders } from "./window-sums.ts"
import type { WindowFinder } from "./windows.ts"

/** A set of partitions of all computations, at their places in the columns of the evaluation. */
export interface PartitionSet {
  readonly bits: Bitset
  /** By number of the computation: 1 where the set may hold any of its partitions. */
  readonly computationFlags: Uint8Array
}

/** Creates an empty set. */
export function createPartitionSet({ flags, states }: Evaluation): PartitionSet {
  return { bits: createBitset(flags.length), computationFlags: new Uint8Array(states.length) }
}

/** Creates a set that remains empty; it has no bits. */
export function createEmptySet({ states }: Evaluation): PartitionSet {
  return { bits: createBitset(0), computationFlags: new Uint8Array(states.length) }
}

/** Partitions of one computation, ascending. */
export interface ComputationRanges {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
}

/** Lists the partitions of a set by computation, upstream first. */
export function listComputationRanges(
  { graph, states }: Evaluation,
  partitions: PartitionSet,
): readonly ComputationRanges[] {
  return graph.computations.flatMap((computation, number) => {
    const computationStates = states[number]
    if (partitions.computationFlags[number] === 0 || computationStates === undefined) return []
    const ranges = listSetRanges(getSlice(partitions, computationStates), computationStates.from)
    return ranges.length === 0 ? [] : [{ computation, ranges }]
  })
}

/** The slice of one computation's partitions. */
export function getSlice(
  { bits }: PartitionSet,
  { start, length }: ComputationStates,
): BitsetSlice {
  return { bits, start, length }
}

/** Subtracts a set from another. */
export function subtractPartitions(
  partitions: PartitionSet,
  removedPartitions: PartitionSet,
): PartitionSet {
  if (!removedPartitions.computationFlags.includes(1)) return partitions
  return {
    bits: partitions.bits.map((word, at) => word & ~(removedPartitions.bits[at] ?? 0)),
    computationFlags: partitions.computationFlags,
  }
}

/** Tests whether a set holds a partition of a computation. */
export function hasPartition(
  evaluation: Evaluation,
  { bits }: PartitionSet,
  computation: Computation,
  index: number,
): boolean {
  const states = findStates(evaluation, computation)
  if (states === undefined) return false
  const at = index - states.from
  return at >= 0 && at < states.length && isSet(bits, states.start + at)
}

/** Adds the partitions of a computation whose windows hold a partition of the set. Returns whether any upstream computation is in the set. */
export function addReaders(
  { states }: Evaluation,
  partitions: PartitionSet,
  finder: WindowFinder,
  { number, reads }: NumberedComputation,
): boolean {
  const readerStates = states[number]
  let isAny = false
  for (const read of reads) {
    const maker = read.maker ?? -1
    const upstream = states[maker]
    if (
      readerStates === undefined ||
      upstream === undefined ||
      partitions.computationFlags[maker] !== 1
    )
      continue
    const windows = finder.findWindows(read, readerStates, upstream)
    setReaders(getSlice(partitions, readerStates), windows, getSlice(partitions, upstream))
    isAny = true
  }
  return isAny
}

/** Adds successors of partitions that read the partition before them, as long as they are candidates. */
export function addSuccessors(candidates: BitsetSlice, { bits, start, length }: BitsetSlice): void {
  for (let at = start + 1; at < start + length; at += 1)
    if (isSet(candidates.bits, at) && isSet(bits, at - 1)) setBits(bits, at, at + 1)
}
