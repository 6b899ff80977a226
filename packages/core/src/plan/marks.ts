import type { Computation } from "../declare/asset.ts"
import { type Bits, type BitsPart, bitsOf, isMarked, markBits } from "./bits.ts"
import type { NumberedComputation } from "./numbered-graph.ts"
import { type Evaluation, type States, statesOf } from "./states.ts"
import { markReaders } from "./window-sums.ts"
import type { WindowFinder } from "./windows.ts"

/** Marks for partitions of all computations, where the evaluation has their facts. */
export interface Marks {
  readonly bits: Bits
  /** By number of the computation: 1 where any of its partitions is marked. */
  readonly touched: Uint8Array
}

/** Nothing marked yet. */
export function noMarks({ facts, states }: Evaluation): Marks {
  return { bits: bitsOf(facts.length), touched: new Uint8Array(states.length) }
}

/** Marks of which none will be made. */
export function neverMarked({ states }: Evaluation): Marks {
  return { bits: bitsOf(0), touched: new Uint8Array(states.length) }
}

/** The marks of one computation. */
export function partOf({ bits }: Marks, { start, length }: States): BitsPart {
  return { bits, start, length }
}

/** Takes the marks of some away from others. */
export function withoutMarks(marks: Marks, dropped: Marks): Marks {
  if (!dropped.touched.includes(1)) return marks
  return {
    bits: marks.bits.map((word, at) => word & ~(dropped.bits[at] ?? 0)),
    touched: marks.touched,
  }
}

/** Whether a partition of a computation is marked. */
export function isMarkedIn(
  evaluation: Evaluation,
  { bits }: Marks,
  computation: Computation,
  index: number,
): boolean {
  const states = statesOf(evaluation, computation)
  if (states === undefined) return false
  const at = index - states.from
  return at >= 0 && at < states.length && isMarked(bits, states.start + at)
}

/** Marks the partitions of a computation whose windows hold a marked one. Says whether any might. */
export function markReadersOf(
  { states }: Evaluation,
  marks: Marks,
  finder: WindowFinder,
  { number, reads }: NumberedComputation,
): boolean {
  const own = states[number]
  let isAny = false
  for (const read of reads) {
    const maker = read.maker ?? -1
    const upstream = states[maker]
    if (own === undefined || upstream === undefined || marks.touched[maker] !== 1) continue
    const windows = finder.windowsOf(read, own, upstream)
    markReaders(partOf(marks, own), windows, partOf(marks, upstream))
    isAny = true
  }
  return isAny
}

/** A mark runs on along the partitions that each read the one before. */
export function markAfter(own: BitsPart, { bits, start, length }: BitsPart): void {
  for (let at = start + 1; at < start + length; at += 1)
    if (isMarked(own.bits, at) && isMarked(bits, at - 1)) markBits(bits, at, at + 1)
}
