import type { PartitionRange } from "../declare/partition.ts"
import { type NumberedRead, numberGraph } from "../evaluate/numbered-graph.ts"
import {
  type PartitionSet,
  addSuccessors,
  addReaders,
  createEmptySet,
  createPartitionSet,
  getSlice,
} from "../evaluate/partition-set.ts"
import { type Evaluation, type StateKind, stateFlags, toStateKind } from "../evaluate/states.ts"
import { type ListedWindows, type WindowFinder, createWindowFinder } from "../evaluate/windows.ts"
import {
  type Bitset,
  type BitsetSlice,
  isSet,
  intersectBits,
  setBits,
} from "../partitions/bitset.ts"
import { nextSet, nextUnset, listSetRanges } from "../partitions/bitset.ts"
import type { Target } from "./targets.ts"

/** Finds the targets that are not fresh and their upstream partitions that are not fresh. */
export function findNeededPartitions(
  evaluation: Evaluation,
  targets: readonly Target[],
  only: StateKind | undefined,
): PartitionSet {
  const needed = createPartitionSet(evaluation)
  for (const target of targets) addTarget(evaluation, needed, target, only)
  const finder = createWindowFinder(evaluation)
  const { computations } = numberGraph(evaluation.graph)
  for (let number = computations.length - 1; number >= 0; number -= 1) {
    const [computation, states] = [computations[number], evaluation.states[number]]
    if (needed.computationFlags[number] === 0 || computation === undefined || states === undefined)
      continue
    const slice = getSlice(needed, states)
    needed.computationFlags[number] = intersectBits(slice, evaluation.stale) ? 1 : 0
    if (needed.computationFlags[number] === 0) continue
    if (computation.past !== undefined) addStalePredecessors(slice, evaluation.stale)
    const reader = { slice, from: states.from }
    for (const read of computation.reads) addRead(evaluation, needed, finder, { read, reader })
  }
  return needed
}

/** Adds the partitions of a target, fresh or not, unless all partitions of its computation are fresh. */
function addTarget(
  evaluation: Evaluation,
  { bits, computationFlags }: PartitionSet,
  { number, ranges }: Target,
  only: StateKind | undefined,
): void {
  const states = evaluation.states[number]
  if (states === undefined || states.allFresh) return
  computationFlags[number] = 1
  const { from, start, length } = states
  for (const range of ranges) {
    const begin = start + Math.max(0, range.from - from)
    const end = start + Math.min(range.to - from + 1, length)
    if (only === undefined) setBits(bits, begin, end)
    else
      for (let at = begin; at < end; at += 1)
        if (toStateKind(evaluation.flags[at] ?? 0) === only) setBits(bits, at, at + 1)
  }
}

export interface ReaderRead {
  readonly read: NumberedRead
  /** The reader's partitions in the set, and the reader's first partition. */
  readonly reader: { readonly slice: BitsetSlice; readonly from: number }
}

/** Adds the upstream partitions in the windows of a reader, fresh or not, unless all partitions of the upstream are fresh. */
function addRead(
  { states }: Evaluation,
  needed: PartitionSet,
  finder: WindowFinder,
  { read, reader: { slice, from } }: ReaderRead,
): void {
  const { maker = -1 } = read
  const upstream = states[maker]
  if (upstream === undefined || upstream.allFresh) return
  needed.computationFlags[maker] = 1
  addReadPartitions(
    finder,
    { read, reader: { slice, from } },
    upstream.from,
    getSlice(needed, upstream),
  )
}

/** Adds the upstream partitions in the windows of a reader; the first place of `upstream` is partition `first`. */
export function addReadPartitions(
  finder: WindowFinder,
  { read, reader: { slice, from } }: ReaderRead,
  first: number,
  upstream: BitsetSlice,
): void {
  if (read.isShift)
    setShiftedWindows(slice, upstream, from - first + read.oldest, from - first + read.newest + 1)
  else
    setListedWindows(listSetRanges(slice, from), upstream, (range) =>
      finder.findListedWindows(read.reading, range),
    )
}

/** Adds windows that move by one place per partition: consecutive readers have one joint window. */
function setShiftedWindows(
  readerSlice: BitsetSlice,
  upstream: BitsetSlice,
  first: number,
  next: number,
): void {
  const last = readerSlice.start + readerSlice.length
  let begin = nextSet(readerSlice.bits, readerSlice.start, last)
  while (begin < last) {
    const end = nextUnset(readerSlice.bits, begin, last)
    const from = Math.max(0, begin - readerSlice.start + first)
    const to = Math.min(end - 1 - readerSlice.start + next, upstream.length)
    setBits(upstream.bits, upstream.start + from, upstream.start + to)
    begin = nextSet(readerSlice.bits, end, last)
  }
}

/** Adds windows that are listed per reader. They ascend with their readers, so each upstream partition is added once. */
function setListedWindows(
  ranges: readonly PartitionRange[],
  { bits, start }: BitsetSlice,
  findWindows: (reader: PartitionRange) => ListedWindows | undefined,
): void {
  let coveredEnd = 0
  for (const range of ranges) {
    const windows = findWindows(range)
    if (windows === undefined) return
    for (let at = 0; at <= range.to - range.from; at += 1) {
      const to = windows.end[at] ?? 0
      setBits(bits, start + Math.max(windows.begin[at] ?? 0, coveredEnd), start + to)
      coveredEnd = Math.max(coveredEnd, to)
    }
  }
}

/** Adds the stale predecessors of partitions that read the partition before them. */
function addStalePredecessors({ bits, start, length }: BitsetSlice, stale: Bitset): void {
  for (let at = start + length - 1; at > start; at -= 1)
    if (isSet(bits, at) && isSet(stale, at - 1)) setBits(bits, at - 1, at)
}

/** Finds the needed partitions that are blocked, directly or by a blocked upstream partition. */
export function findBlockedPartitions(evaluation: Evaluation, needed: PartitionSet): PartitionSet {
  if (!evaluation.states.some(({ anyBlocked }) => anyBlocked)) return createEmptySet(evaluation)
  const blocked = createPartitionSet(evaluation)
  const finder = createWindowFinder(evaluation)
  for (const computation of numberGraph(evaluation.graph).computations) {
    const { number, past } = computation
    const states = evaluation.states[number]
    if (needed.computationFlags[number] === 0 || states === undefined) continue
    const blockedSlice = getSlice(blocked, states)
    const neededSlice = getSlice(needed, states)
    if (states.anyBlocked) addBlocked(evaluation, neededSlice, blockedSlice)
    const hasBlockedUpstream = addReaders(evaluation, blocked, finder, computation)
    if (!states.anyBlocked && !hasBlockedUpstream) continue
    const isBlocked = intersectBits(blockedSlice, needed.bits)
    if (past !== undefined) addSuccessors(neededSlice, blockedSlice)
    blocked.computationFlags[number] = isBlocked ? 1 : 0
  }
  return blocked
}

function addBlocked(
  { flags: column }: Evaluation,
  neededSlice: BitsetSlice,
  blockedSlice: BitsetSlice,
): void {
  for (let at = neededSlice.start; at < neededSlice.start + neededSlice.length; at += 1)
    if (((column[at] ?? 0) & stateFlags.blocked) !== 0) setBits(blockedSlice.bits, at, at + 1)
}
