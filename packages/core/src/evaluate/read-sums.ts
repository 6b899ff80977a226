import { findUnsetEnd, setBits, nextUnset } from "../partitions/bitset.ts"
import type { ContentSums } from "./content-sums.ts"
import type { EvaluationContext, ComputationContext } from "./evaluation-context.ts"
import type { Lanes } from "./fingerprint.ts"
import { requiresPartition, requiresWholeWindow } from "./inputs.ts"
import type { NumberedRead } from "./numbered-graph.ts"
import { addListedWindows, addShiftedWindows, setEmptyReaders, setReaders } from "./window-sums.ts"
import { type Windows, findShortPlaces } from "./windows.ts"

/** Sums the inputs of every partition of a computation, and sets the partitions with an unknown input and the blocked ones. */
export function sumReads(context: ComputationContext): void {
  const { evaluationContext, numbered, length } = context
  let range = { begin: 0, end: length }
  resetInputs(context, range)
  for (const read of numbered.reads) {
    const contentSums = evaluationContext.sums[read.upstream]
    if (contentSums === undefined) {
      if (requiresPartition(evaluationContext.evaluation, read.reading))
        setBlocked(evaluationContext, 0, length)
      continue
    }
    const windows = evaluationContext.finder.findWindows(read, context, contentSums)
    setUnreadyRead(context, read, windows, contentSums)
    range = trimUnknown(evaluationContext, range)
    const lanes = getInputLanes(context, read)
    if (lanes !== undefined) addReadSum(lanes, read, { contentSums, windows }, range)
  }
}

/** The inputs of the computation, or of the checks that a read belongs to. */
function getInputLanes(
  { evaluationContext, checkInputs }: ComputationContext,
  { checkedOutput }: NumberedRead,
): Lanes | undefined {
  return checkedOutput === undefined ? evaluationContext.inputs : checkInputs[checkedOutput]
}

interface Interval {
  readonly begin: number
  readonly end: number
}

/** Trims unknown partitions from both ends of a range, whose sums are not needed. */
function trimUnknown({ unknown }: EvaluationContext, range: Interval): Interval {
  const begin = nextUnset(unknown, range.begin, range.end)
  return { begin, end: findUnsetEnd(unknown, begin, range.end) }
}

function resetInputs(
  { evaluationContext, versions }: ComputationContext,
  { begin, end }: Interval,
): void {
  evaluationContext.inputs.low.fill(versions.lowCode, begin, end)
  evaluationContext.inputs.high.fill(versions.highCode, begin, end)
}

interface ReadWindows {
  readonly contentSums: ContentSums
  readonly windows: Windows
}

function addReadSum(
  inputs: Lanes,
  read: NumberedRead,
  { contentSums: { sums, origin }, windows }: ReadWindows,
  { begin, end }: Interval,
): void {
  const interval = { sums, origin, begin, end }
  if (windows.kind === "shift") addShiftedWindows(inputs, read, windows, interval)
  else addListedWindows(inputs, read, windows, interval)
}

/** Sets the partitions with an unknown or blocked upstream partition in the window of one read. */
function setUnreadyRead(
  { evaluationContext, from, length }: ComputationContext,
  { reading, isPlain, checkedOutput }: NumberedRead,
  windows: Windows,
  { unknown, blocked }: ContentSums,
): void {
  if (unknown !== undefined)
    setReaders({ bits: evaluationContext.unknown, start: 0, length }, windows, unknown)
  if (blocked !== undefined)
    setReaders({ bits: evaluationContext.blocked, start: 0, length }, windows, blocked)
  if (isPlain) return
  if (requiresWholeWindow(reading.read)) {
    const range = { from, to: from + length - 1 }
    for (const at of findShortPlaces(evaluationContext.evaluation, reading, range))
      setBlocked(evaluationContext, at, at + 1)
  }
  if (reading.read.window.kind !== "latest" || windows.kind !== "places") return
  if (checkedOutput !== undefined) return
  setEmptyReaders({ bits: evaluationContext.unknown, start: 0, length }, windows)
  setEmptyReaders({ bits: evaluationContext.blocked, start: 0, length }, windows)
}

/** Sets partitions unknown and blocked whose input does not exist. */
function setBlocked({ unknown, blocked }: EvaluationContext, begin: number, end: number): void {
  setBits(unknown, begin, end)
  setBits(blocked, begin, end)
}
