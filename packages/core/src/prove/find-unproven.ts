import type { PartitionRange } from "../declare/partition.ts"
import type { Hash } from "../evaluate/declared-versions.ts"
import {
  type NumberedComputation,
  type NumberedRead,
  numberGraph,
} from "../evaluate/numbered-graph.ts"
import { type PartitionSet, createPartitionSet, getSlice } from "../evaluate/partition-set.ts"
import type { Evaluation, ComputationStates } from "../evaluate/states.ts"
import { setReaders } from "../evaluate/window-sums.ts"
import { type PartitionSpan, type WindowFinder, createWindowFinder } from "../evaluate/windows.ts"
import {
  type Bitset,
  type BitsetSlice,
  clearBits,
  createBitset,
  nextSet,
  nextUnset,
  subtractBits,
  isSet,
  setBits,
} from "../partitions/bitset.ts"
import {
  type ComputationProof,
  type FreshnessProof,
  type SourceProof,
  defineComputation,
  proveSource,
} from "./freshness-proof.ts"

/** The proof of an earlier evaluation, and the changes of the ledger since. */
export interface RecordedFreshness {
  readonly proof: FreshnessProof | undefined
  /** Computation → partitions with a materialization that was recorded, checked or removed since the proof. */
  readonly touched: ReadonlyMap<string, readonly PartitionRange[]>
}

interface Search extends Unproven {
  readonly evaluation: Evaluation
  readonly recordedFreshness: RecordedFreshness
  readonly hash: Hash
  readonly finder: WindowFinder
  /** By number of the computation: its proof, unless its partitions or names differ. */
  readonly proofs: (ComputationProof | undefined)[]
  /** By number of the asset: its changed content, once a reader needs it; "all" if its partitions are not those of the proof. */
  readonly movements: Map<number, Movement | "all" | undefined>
}

/** The partitions of an asset with changed content, among those that exist and those of the proof. */
interface Movement extends PartitionSpan {
  readonly slice: BitsetSlice
}

/** The partitions that have to be verified. */
export interface Unproven {
  /** Fresh partitions whose rows, windows or reads have changed since the proof. */
  readonly unproven: PartitionSet
  /** Fresh partitions whose rows may differ from those of the proof. */
  readonly moved: PartitionSet
}

/** Finds the fresh partitions that a proof does not cover. */
export function findUnproven(
  evaluation: Evaluation,
  recordedFreshness: RecordedFreshness,
  hash: Hash,
): Unproven {
  const search: Search = {
    evaluation,
    recordedFreshness,
    hash,
    finder: createWindowFinder(evaluation),
    moved: createPartitionSet(evaluation),
    unproven: createPartitionSet(evaluation),
    proofs: [],
    movements: new Map(),
  }
  for (const computation of numberGraph(evaluation.graph).computations) {
    const states = evaluation.states[computation.number]
    if (states !== undefined && states.length > 0) markUnproven(search, computation, states)
  }
  const { unproven, moved } = search
  return { unproven, moved }
}

function markUnproven(
  search: Search,
  computation: NumberedComputation,
  states: ComputationStates,
): void {
  const { evaluation, moved, unproven } = search
  const { number, reads, past } = computation
  const proof = findProof(search, computation)
  search.proofs[number] = proof
  const movedRows = getSlice(moved, states)
  const unprovenRows = getSlice(unproven, states)
  const touched = search.recordedFreshness.touched.get(computation.computation.name)
  if (touched !== undefined || !coversAll(proof, evaluation, states)) {
    markMovedRows(search, states, proof, touched)
    subtractBits(movedRows, evaluation.stale)
    moved.computationFlags[number] = isAnySet(movedRows) ? 1 : 0
    copyBits(movedRows, unprovenRows)
  }
  let isAnyMarked = moved.computationFlags[number] === 1
  for (const read of reads) if (markMovedReaders(search, states, read)) isAnyMarked = true
  if (past !== undefined && markNextPartitions(movedRows, unprovenRows, { states, proof }))
    isAnyMarked = true
  if (!isAnyMarked) return
  subtractBits(unprovenRows, evaluation.stale)
  unproven.computationFlags[number] = isAnySet(unprovenRows) ? 1 : 0
}

/** Tests if a proof covers all fresh partitions, 32 of them at a time: nearly always it does. */
function coversAll(
  proof: ComputationProof | undefined,
  { stale }: Evaluation,
  { from, length, start, reverted }: ComputationStates,
): boolean {
  if (proof?.from !== from || proof.length !== length || reverted.size > 0) return false
  const words = length >> 5
  for (let word = 0; word < words; word += 1)
    if (((stale[(start >> 5) + word] ?? 0) | (proof.fresh[word] ?? 0)) !== -1) return false
  const lastBits = (1 << (length & 31)) - 1
  return (~(stale[(start >> 5) + words] ?? 0) & ~(proof.fresh[words] ?? 0) & lastBits) === 0
}

function isAnySet({ bits, start, length }: BitsetSlice): boolean {
  return nextSet(bits, start, start + length) < start + length
}

function copyBits({ bits, start, length }: BitsetSlice, to: BitsetSlice): void {
  const words = bits.subarray(start >> 5, (start + length + 31) >> 5)
  to.bits.set(words, to.start >> 5)
}

function findProof(
  { recordedFreshness, evaluation, hash }: Search,
  { computation }: NumberedComputation,
): ComputationProof | undefined {
  const proof = recordedFreshness.proof?.computations.get(computation.name)
  const isSame = proof?.definition === defineComputation(evaluation.graph, computation, hash)
  return isSame ? proof : undefined
}

/** Marks the partitions that the proof does not cover, and those with another current materialization since. */
function markMovedRows(
  { moved }: Search,
  { from, length, start, reverted }: ComputationStates,
  proof: ComputationProof | undefined,
  touched: readonly PartitionRange[] = [],
): void {
  const { bits } = moved
  setBits(bits, start, start + length)
  const clamp = (offset: number): number => start + Math.min(Math.max(offset, 0), length)
  if (proof !== undefined) {
    const shift = proof.from - from
    for (let begin = nextSet(proof.fresh, 0, proof.length); begin < proof.length;) {
      const end = nextUnset(proof.fresh, begin, proof.length)
      clearBits(bits, clamp(begin + shift), clamp(end + shift))
      begin = nextSet(proof.fresh, end, proof.length)
    }
  }
  for (const range of touched) setBits(bits, clamp(range.from - from), clamp(range.to + 1 - from))
  for (const partition of reverted.keys())
    setBits(bits, clamp(partition - from), clamp(partition + 1 - from))
}

interface ProvenStates {
  readonly states: ComputationStates
  readonly proof: ComputationProof | undefined
}

/** Marks the successors of changed partitions, which read them, and the partitions that are or were the first. Returns false if no partition can be marked. */
function markNextPartitions(
  rows: BitsetSlice,
  unproven: BitsetSlice,
  { states, proof }: ProvenStates,
): boolean {
  for (let at = 1; at < unproven.length; at += 1)
    if (isSet(rows.bits, rows.start + at - 1))
      setBits(unproven.bits, unproven.start + at, unproven.start + at + 1)
  if (proof === undefined || proof.from === states.from) return isAnySet(rows)
  for (const offset of [0, proof.from - states.from])
    if (offset >= 0 && offset < unproven.length)
      setBits(unproven.bits, unproven.start + offset, unproven.start + offset + 1)
  return true
}

/** Marks the partitions whose windows contain, or contained, changed content. Returns false if the asset has no changed content. */
function markMovedReaders(search: Search, states: ComputationStates, read: NumberedRead): boolean {
  const movement = findMovement(search, read)
  if (movement === undefined) return false
  const readers = getSlice(search.unproven, states)
  if (movement === "all" || read.reading.read.window.kind === "latest")
    setBits(readers.bits, readers.start, readers.start + readers.length) // of `latest`, the newest partition itself may differ
  else setReaders(readers, search.finder.findWindows(read, states, movement), movement.slice)
  return true
}

function findMovement(search: Search, read: NumberedRead): Movement | "all" | undefined {
  const { movements } = search
  if (!movements.has(read.upstream))
    movements.set(
      read.upstream,
      read.maker === undefined ? findMovedFiles(search, read) : findMovedRows(search, read.maker),
    )
  return movements.get(read.upstream)
}

function findMovedFiles(
  { evaluation, recordedFreshness, hash }: Search,
  { reading }: NumberedRead,
): Movement | "all" | undefined {
  const { asset } = reading
  if (asset.kind !== "source") return undefined
  const proven = recordedFreshness.proof?.sources.get(asset.name)
  const current = proveSource(evaluation, asset, hash)
  if (proven?.definition !== current.definition) return "all"
  if (isSameLanding(proven, current)) return undefined
  return collectMovement(
    joinSpans(current, proven),
    (partition) => getLanded(current, partition) !== getLanded(proven, partition),
  )
}

function isSameLanding(proven: SourceProof, current: SourceProof): boolean {
  return (
    proven.from === current.from &&
    proven.length === current.length &&
    proven.landed.every((version, at) => version === current.landed[at])
  )
}

function getLanded({ landed, from }: SourceProof, partition: number): string | undefined {
  return landed[partition - from]
}

function findMovedRows(search: Search, computationNumber: number): Movement | "all" | undefined {
  const { evaluation, moved } = search
  const [states, computation] = [
    evaluation.states[computationNumber],
    numberGraph(evaluation.graph).computations[computationNumber],
  ]
  if (states === undefined || computation === undefined) return undefined
  const proven = search.recordedFreshness.proof?.computations.get(computation.computation.name)
  if (proven === undefined || search.proofs[computationNumber] === undefined) return "all"
  if (proven.from === states.from && proven.length === states.length)
    return moved.computationFlags[computationNumber] === 0
      ? undefined
      : { from: states.from, length: states.length, slice: getSlice(moved, states) }
  return collectMovement(joinSpans(states, proven), (partition) => {
    const exists = contains(states, partition)
    if (exists !== contains(proven, partition)) return true
    return exists && isSet(moved.bits, states.start + partition - states.from)
  })
}

function contains({ from, length }: PartitionSpan, partition: number): boolean {
  return partition >= from && partition < from + length
}

/** Joins two spans and the partitions between them. */
function joinSpans(first: PartitionSpan, second: PartitionSpan): PartitionSpan {
  if (second.length === 0) return { from: first.from, length: first.length }
  if (first.length === 0) return { from: second.from, length: second.length }
  const from = Math.min(first.from, second.from)
  const end = Math.max(first.from + first.length, second.from + second.length)
  return { from, length: end - from }
}

function collectMovement(
  { from, length }: PartitionSpan,
  isMoved: (partition: number) => boolean,
): Movement | undefined {
  const bits: Bitset = createBitset(length)
  for (let at = 0; at < length; at += 1) if (isMoved(from + at)) setBits(bits, at, at + 1)
  const slice = { bits, start: 0, length }
  return isAnySet(slice) ? { from, length, slice } : undefined
}
