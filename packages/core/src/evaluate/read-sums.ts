import type { Reading } from "../graph/graph.ts"
import { formatStableRelation } from "../graph/stable-name.ts"
import { clearBits, findUnsetEnd, isSet, setBits, nextUnset } from "../partitions/bitset.ts"
import type { ReadVersions } from "../ports.ts"
import type { ContentSums } from "./content-sums.ts"
import type { EvaluationContext, ComputationContext } from "./evaluation-context.ts"
import type { Fingerprint, Lanes } from "./fingerprint.ts"
import { sumVersions } from "./input-fingerprint.ts"
import { emptyVersion, requiresPartition, requiresWholeWindow } from "./inputs.ts"
import type { NumberedRead } from "./numbered-graph.ts"
import { addListedWindows, addShiftedWindows, setEmptyReaders, setReaders } from "./window-sums.ts"
import { type PartitionSpan, type Windows, findShortPlaces } from "./windows.ts"

/** Sums the inputs of every partition of a computation, and sets the partitions with an unknown input and the blocked ones. */
export function sumReads(context: ComputationContext): void {
  const { evaluationContext, numbered, length } = context
  let range = { begin: 0, end: length }
  resetInputs(context, range)
  for (const read of numbered.reads) {
    const pinnedReaders = listPinnedReaders(context, read)
    const contentSums = evaluationContext.sums[read.upstream]
    if (contentSums === undefined) {
      const removedInputs = addRemovedInputs(context, read, undefined)
      if (requiresPartition(evaluationContext.evaluation, read.reading))
        setBlocked(evaluationContext, 0, length)
      restoreReadiness(context, [...removedInputs, ...pinnedReaders])
      setPinnedSums(context, read, pinnedReaders)
      continue
    }
    const windows = evaluationContext.finder.findWindows(read, context, contentSums)
    setUnreadyRead(context, windows, contentSums)
    const removedInputs = addRemovedInputs(context, read, contentSums)
    setIncompleteRead(context, read, windows)
    restoreReadiness(context, [...removedInputs, ...pinnedReaders])
    range = trimUnknown(evaluationContext, range)
    const lanes = getInputLanes(context, read)
    if (lanes !== undefined) addReadSum(lanes, read, { contentSums, windows }, range)
    setPinnedSums(context, read, pinnedReaders)
  }
}

/** A partition with a recorded read as landed, its readiness and the sum of its inputs without this read. */
interface PinnedReader extends Readiness, Fingerprint {
  readonly pinned: ReadVersions
}

/** Lists the partitions for which one read is pinned, as they are before the read is added. */
function listPinnedReaders(
  { evaluationContext, pinned, from, length }: ComputationContext,
  { reading, checkedOutput }: NumberedRead,
): readonly PinnedReader[] {
  if (pinned === undefined || reading.read.asLanded !== true || checkedOutput !== undefined)
    return noReaders
  const { inputs, unknown, blocked } = evaluationContext
  const relation = formatStableRelation(reading)
  return [...pinned].flatMap(([partition, pinnedReads]) => {
    const at = partition - from
    const pinnedRead = pinnedReads.get(relation)
    if (pinnedRead === undefined || at < 0 || at >= length) return []
    const readiness = { at, isUnknown: isSet(unknown, at), isBlocked: isSet(blocked, at) }
    const [low, high] = [inputs.low[at] ?? 0, inputs.high[at] ?? 0]
    return [{ ...readiness, low, high, pinned: pinnedRead }]
  })
}

const noReaders: readonly PinnedReader[] = []

/** Replaces the landed content of one read by the recorded one. */
function setPinnedSums(
  { evaluationContext: { inputs } }: ComputationContext,
  { reading, lowFactor, highFactor }: NumberedRead,
  readers: readonly PinnedReader[],
): void {
  for (const { at, low, high, pinned } of readers) {
    const recorded = sumVersions(reading.asset, pinned.versions)
    inputs.low[at] = low + Math.imul(lowFactor, recorded.low)
    inputs.high[at] = high + Math.imul(highFactor, recorded.high)
  }
}

/** The readiness of a partition without one of its reads. */
interface Readiness {
  readonly at: number
  readonly isUnknown: boolean
  readonly isBlocked: boolean
}

/** Adds the recorded content of files that are no longer landed to the inputs of the partitions that were computed from them, in place of partitions without files. */
function addRemovedInputs(
  { evaluationContext, removed, from, length }: ComputationContext,
  { reading, checkedOutput, lowFactor, highFactor }: NumberedRead,
  existing: PartitionSpan | undefined,
): readonly Readiness[] {
  if (removed === undefined || checkedOutput !== undefined) return []
  const { inputs, unknown, blocked } = evaluationContext
  const relation = formatStableRelation(reading)
  const result: Readiness[] = []
  for (const [partition, removedReads] of removed) {
    const versions = removedReads.get(relation)
    const at = partition - from
    if (versions === undefined || at < 0 || at >= length) continue
    const recorded = sumVersions(reading.asset, versions)
    const empty = sumVersions(reading.asset, listReplaced(reading, versions, existing))
    inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(lowFactor, recorded.low - empty.low)
    inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(highFactor, recorded.high - empty.high)
    result.push({ at, isUnknown: isSet(unknown, at), isBlocked: isSet(blocked, at) })
  }
  return result
}

/** The partitions among removed ones that exist without a file, so that windows hold them. */
function listReplaced(
  { read }: Reading,
  removed: ReadVersions["versions"],
  existing: PartitionSpan | undefined,
): ReadVersions["versions"] {
  if (existing === undefined || read.window.kind === "latest") return []
  const end = existing.from + existing.length
  return removed
    .filter(([partition]) => partition >= existing.from && partition < end)
    .map(([partition]) => [partition, emptyVersion])
}

/** Restores the readiness of partitions for which a missing file of one source is no blocker. */
function restoreReadiness(
  { evaluationContext: { unknown, blocked } }: ComputationContext,
  partitions: readonly Readiness[],
): void {
  for (const { at, isUnknown, isBlocked } of partitions) {
    if (!isUnknown) clearBits(unknown, at, at + 1)
    if (!isBlocked) clearBits(blocked, at, at + 1)
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
  { evaluationContext, length }: ComputationContext,
  windows: Windows,
  { unknown, blocked }: ContentSums,
): void {
  if (unknown !== undefined)
    setReaders({ bits: evaluationContext.unknown, start: 0, length }, windows, unknown)
  if (blocked !== undefined)
    setReaders({ bits: evaluationContext.blocked, start: 0, length }, windows, blocked)
}

/** Sets the partitions whose window of one read is empty or short, although it must not be. Only windows of the newest partition, and those between partitions of removed files, can be empty. */
function setIncompleteRead(
  { evaluationContext, removed, from, length }: ComputationContext,
  { reading, isPlain, checkedOutput }: NumberedRead,
  windows: Windows,
): void {
  if (requiresWholeWindow(reading.read)) {
    const range = { from, to: from + length - 1 }
    for (const at of findShortPlaces(evaluationContext.evaluation, reading, range))
      setBlocked(evaluationContext, at, at + 1)
  }
  if (checkedOutput !== undefined || (isPlain && removed === undefined)) return
  if (!requiresPartition(evaluationContext.evaluation, reading)) return
  setEmptyReaders({ bits: evaluationContext.unknown, start: 0, length }, windows)
  setEmptyReaders({ bits: evaluationContext.blocked, start: 0, length }, windows)
}

/** Sets partitions unknown and blocked whose input does not exist. */
function setBlocked({ unknown, blocked }: EvaluationContext, begin: number, end: number): void {
  setBits(unknown, begin, end)
  setBits(blocked, begin, end)
}
