import type { PartitionRange } from "../declare/partition.ts"
import { type Bits, type BitsPart, isMarked, keepMarked, markBits } from "./bits.ts"
import { nextMarked, nextUnmarked, rangesOfBits } from "./bits.ts"
import { type Marks, markAfter, markReadersOf, neverMarked, noMarks, partOf } from "./marks.ts"
import { type NumberedRead, numberedGraph } from "./numbered-graph.ts"
import { type Evaluation, type StateKind, facts, stateKind } from "./states.ts"
import type { Target } from "./targets.ts"
import { type Places, type WindowFinder, windowFinder } from "./windows.ts"

/** The targets that are not fresh, and whatever they read, directly or not, that is not. */
export function neededPartitions(
  evaluation: Evaluation,
  targets: readonly Target[],
  only: StateKind | undefined,
): Marks {
  const needed = noMarks(evaluation)
  for (const target of targets) markTarget(evaluation, needed, target, only)
  const finder = windowFinder(evaluation)
  const { computations } = numberedGraph(evaluation.graph)
  for (let number = computations.length - 1; number >= 0; number -= 1) {
    const [computation, states] = [computations[number], evaluation.states[number]]
    if (needed.touched[number] === 0 || computation === undefined || states === undefined) continue
    const own = partOf(needed, states)
    needed.touched[number] = keepMarked(own, evaluation.stale) ? 1 : 0
    if (needed.touched[number] === 0) continue
    if (computation.past !== undefined) needOwnPast(own, evaluation.stale)
    const reader = { own, from: states.from }
    for (const read of computation.reads) markRead(evaluation, needed, finder, { read, reader })
  }
  return needed
}

/** Marks the partitions that were asked for, fresh or not, where not all of them are fresh. */
function markTarget(
  evaluation: Evaluation,
  { bits, touched }: Marks,
  { number, ranges }: Target,
  only: StateKind | undefined,
): void {
  const states = evaluation.states[number]
  if (states === undefined || states.allFresh) return
  touched[number] = 1
  const { from, start, length } = states
  for (const range of ranges) {
    const begin = start + Math.max(0, range.from - from)
    const end = start + Math.min(range.to - from + 1, length)
    if (only === undefined) markBits(bits, begin, end)
    else
      for (let at = begin; at < end; at += 1)
        if (stateKind(evaluation.facts[at] ?? 0) === only) markBits(bits, at, at + 1)
  }
}

export interface ReadBy {
  readonly read: NumberedRead
  /** The marks of the reader, and its first partition. */
  readonly reader: { readonly own: BitsPart; readonly from: number }
}

/** Marks whatever the marked partitions of a reader find, fresh or not, where not all of it is fresh. */
function markRead(
  { states }: Evaluation,
  needed: Marks,
  finder: WindowFinder,
  { read, reader: { own, from } }: ReadBy,
): void {
  const { maker = -1 } = read
  const upstream = states[maker]
  if (upstream === undefined || upstream.allFresh) return
  needed.touched[maker] = 1
  markFound(finder, { read, reader: { own, from } }, upstream.from, partOf(needed, upstream))
}

/** Marks whatever the marked partitions of a reader find; the first place of what they find is partition `first`. */
export function markFound(
  finder: WindowFinder,
  { read, reader: { own, from } }: ReadBy,
  first: number,
  found: BitsPart,
): void {
  if (read.isShift)
    markShifted(own, found, from - first + read.oldest, from - first + read.newest + 1)
  else markPlaces(rangesOfBits(own, from), found, (range) => finder.placesOf(read.reading, range))
}

/** The windows of neighbours lie side by side. */
function markShifted(own: BitsPart, found: BitsPart, first: number, next: number): void {
  const last = own.start + own.length
  let begin = nextMarked(own.bits, own.start, last)
  while (begin < last) {
    const end = nextUnmarked(own.bits, begin, last)
    const from = Math.max(0, begin - own.start + first)
    const to = Math.min(end - 1 - own.start + next, found.length)
    markBits(found.bits, found.start + from, found.start + to)
    begin = nextMarked(own.bits, end, last)
  }
}

/** Windows move on with their readers, so that each partition of the upstream is marked once. */
function markPlaces(
  ranges: readonly PartitionRange[],
  { bits, start }: BitsPart,
  placesOf: (reader: PartitionRange) => Places | undefined,
): void {
  let seen = 0
  for (const range of ranges) {
    const windows = placesOf(range)
    if (windows === undefined) return
    for (let at = 0; at <= range.to - range.from; at += 1) {
      const to = windows.end[at] ?? 0
      markBits(bits, start + Math.max(windows.begin[at] ?? 0, seen), start + to)
      seen = Math.max(seen, to)
    }
  }
}

/** A partition that reads the one before it needs that one too, unless it is fresh. */
function needOwnPast({ bits, start, length }: BitsPart, stale: Bits): void {
  for (let at = start + length - 1; at > start; at -= 1)
    if (isMarked(bits, at) && isMarked(stale, at - 1)) markBits(bits, at - 1, at)
}

/** The needed partitions that cannot be made yet: they wait for something, or for one that does. */
export function blockedPartitions(evaluation: Evaluation, needed: Marks): Marks {
  if (!evaluation.states.some(({ anyWaits }) => anyWaits)) return neverMarked(evaluation)
  const blocked = noMarks(evaluation)
  const finder = windowFinder(evaluation)
  for (const computation of numberedGraph(evaluation.graph).computations) {
    const { number, past } = computation
    const states = evaluation.states[number]
    if (needed.touched[number] === 0 || states === undefined) continue
    const held = partOf(blocked, states)
    const own = partOf(needed, states)
    if (states.anyWaits) markWaiting(evaluation, own, held)
    const isHeld = markReadersOf(evaluation, blocked, finder, computation)
    if (!states.anyWaits && !isHeld) continue
    const isAny = keepMarked(held, needed.bits)
    if (past !== undefined) markAfter(own, held)
    blocked.touched[number] = isAny ? 1 : 0
  }
  return blocked
}

function markWaiting({ facts: column }: Evaluation, own: BitsPart, held: BitsPart): void {
  for (let at = own.start; at < own.start + own.length; at += 1)
    if (((column[at] ?? 0) & facts.waits) !== 0) markBits(held.bits, at, at + 1)
}
