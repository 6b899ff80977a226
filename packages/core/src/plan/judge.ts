import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import {
  type Fingerprint,
  type Lanes,
  fingerprint,
  lanesOf,
  parseFingerprint,
} from "../fingerprint.ts"
import { type ColumnPool, byteColumns, columnPool } from "./columns.ts"
import { type ContentSums, type Counts, freeSums, runningCount } from "./content-sums.ts"
import { mustBeWhole } from "./inputs.ts"
import type { NumberedComputation, NumberedRead } from "./numbered-graph.ts"
import type { EarlierMade, Mark, Timeline } from "./snapshot.ts"
import { type Evaluation, type States, facts } from "./states.ts"
import { addPlaces, addShifted, markAll, markEmpty, markWhere } from "./window-sums.ts"
import { type WindowFinder, shortPlaces, windowFinder } from "./windows.ts"

/** What the judgement of one computation after the other works with. */
export interface Desk {
  readonly evaluation: Evaluation
  readonly finder: WindowFinder
  readonly factColumn: (length: number) => Uint8Array
  readonly pool: ColumnPool
  /** The running sums of assets by number, as long as somebody has still to read them. */
  readonly sums: (ContentSums | undefined)[]
}

/** Room to judge everything in. */
export function deskOf(evaluation: Evaluation): Desk {
  return {
    evaluation,
    finder: windowFinder(evaluation),
    factColumn: byteColumns(),
    pool: columnPool(),
    sums: [],
  }
}

/** One computation while its partitions are judged. */
interface Judging {
  readonly desk: Desk
  readonly computation: Computation
  readonly extent: PartitionRange
  readonly timeline: Timeline | undefined
  /** Mark → facts. */
  readonly marked: readonly number[]
  /** What each partition would be made from; the columns may be longer than the extent. */
  readonly inputs: Lanes
  readonly bits: Uint8Array
  restored: Map<number, EarlierMade>
}

/** Judges every partition of a computation; what it reads has been judged already. */
export function judge(
  desk: Desk,
  { computation, reads, past, outputs }: NumberedComputation,
): States {
  const { evaluation, pool } = desk
  const extent = evaluation.extents.get(computation.outputs[0]?.asset ?? "")
  if (extent === undefined) return noStates
  const length = extent.to - extent.from + 1
  const timeline = evaluation.snapshot.timelines.get(computation.name)
  const codeVersion = evaluation.codeVersions.get(computation.name)
  const judging: Judging = {
    desk,
    computation,
    extent,
    timeline,
    marked: timeline === undefined ? [] : factsOfMarks(timeline, codeVersion),
    inputs: { low: pool.lend(length), high: pool.lend(length) },
    bits: desk.factColumn(length),
    restored: noneRestored,
  }
  const { inputs, bits } = judging
  const code = fingerprint(codeVersion ?? "")
  inputs.low.fill(code.low, 0, length)
  inputs.high.fill(code.high, 0, length)
  for (const read of reads) addRead(judging, read)
  if (past === undefined) judgePlaces(judging, 0, length)
  else judgeInOrder(judging, past)
  markFailures(judging)
  const [some, every] = someAndEvery(bits)
  addOwnSums(judging, outputs, (every & facts.fresh) !== 0)
  pool.takeBack(inputs.low)
  pool.takeBack(inputs.high)
  return { from: extent.from, facts: bits, some, every, restored: judging.restored }
}

/** Shared by all that restore nothing, and never added to. */
const noneRestored = new Map<number, EarlierMade>()

const noStates: States = {
  from: 0,
  facts: new Uint8Array(0),
  some: 0,
  every: 255,
  restored: noneRestored,
}

/** The facts of any partition, and those of each. */
function someAndEvery(bits: Uint8Array): readonly [number, number] {
  let [some, every] = [0, 255]
  for (let at = 0; at < bits.length; at += 1) {
    const own = bits[at] ?? 0
    some |= own
    every &= own
  }
  return [some, every]
}

/** Adds what the windows of one read hold to what each partition would be made from. */
function addRead({ desk, extent, inputs, bits }: Judging, numbered: NumberedRead): void {
  const { reading, upstream, factor, isLast } = numbered
  const sums = desk.sums[upstream]
  if (sums === undefined) {
    markAll(bits, blocked)
    return
  }
  const windows = desk.finder.windowsOf(reading, { reader: extent, upstream: sums.extent })
  const { length } = bits
  if (windows.kind === "shift") addShifted(inputs, factor, windows, { sums, length })
  else addPlaces(inputs, factor, windows, { sums, length })
  if (sums.unknown !== undefined) markWhere(bits, facts.unknown, windows, sums.unknown)
  if (sums.obstacles !== undefined) markWhere(bits, facts.waits, windows, sums.obstacles)
  if (mustBeWhole(reading.read))
    for (const at of shortPlaces(desk.evaluation, reading, extent))
      bits[at] = (bits[at] ?? 0) | blocked
  if (reading.read.window.kind === "latest" && windows.kind === "places")
    markEmpty(bits, blocked, windows)
  if (!isLast || reading.asset.kind === "source") return
  freeSums(sums, desk.pool)
  desk.sums[upstream] = undefined
}

const blocked = facts.unknown | facts.waits

/** What the kept materializations of each mark are: made, perhaps by other code; nothing is kept where there is no mark. */
function factsOfMarks({ marks }: Timeline, codeVersion: string | undefined): readonly number[] {
  const made = marks.map((mark) =>
    mark.codeVersion === codeVersion ? facts.made : facts.made | facts.code,
  )
  return [0, ...made]
}

/** Fresh when nothing that is read is unknown and the newest, or an earlier one that is kept, was made from just this. */
function judgePlaces(judging: Judging, begin: number, end: number): void {
  const { extent, timeline, inputs, bits, marked } = judging
  if (timeline === undefined) return
  const { mark, inputs: kept } = timeline
  const [low, high, keptLow, keptHigh] = [inputs.low, inputs.high, kept.low, kept.high]
  const shift = (extent.from - timeline.from) | 0
  const last = Math.min(end, timeline.length - shift)
  for (let at = Math.max(begin, -shift); at < last; at += 1) {
    const own = (bits[at] ?? 0) | (marked[mark[at + shift] ?? 0] ?? 0)
    bits[at] = own
    if ((own & (facts.made | facts.unknown)) !== facts.made) continue
    if (keptLow[at + shift] === low[at] && keptHigh[at + shift] === high[at])
      bits[at] = own | facts.fresh
    else if (timeline.earlier.size > 0) restoreEarlier(judging, timeline, at)
  }
}

function restoreEarlier(judging: Judging, { earlier }: Timeline, at: number): void {
  const { extent, inputs, bits } = judging
  const kept = earlier
    .get(at + extent.from)
    ?.find(({ input }) => input.low === inputs.low[at] && input.high === inputs.high[at])
  if (kept === undefined) return
  bits[at] = (bits[at] ?? 0) | facts.fresh
  if (judging.restored === noneRestored) judging.restored = new Map()
  judging.restored.set(at + extent.from, kept)
}

/** Judges partitions that each read the one before: its content counts once it has been judged itself. */
function judgeInOrder(judging: Judging, factor: Fingerprint): void {
  const { bits, inputs } = judging
  const isUnfit = unfitTest(judging, 0)
  for (let at = 0; at < bits.length; at += 1) {
    const before = at === 0 ? undefined : contentOf(judging, at - 1, 0)
    if (at > 0 && before === undefined) bits[at] = (bits[at] ?? 0) | facts.unknown
    if (at > 0 && isUnfit(at - 1)) bits[at] = (bits[at] ?? 0) | facts.waits
    if (before !== undefined) {
      inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(factor.low, before.low)
      inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(factor.high, before.high)
    }
    judgePlaces(judging, at, at + 1)
  }
}

/** The content of one output at a place, if it is fresh. */
function contentOf(
  { bits, extent, timeline, restored }: Judging,
  at: number,
  output: number,
): Fingerprint | undefined {
  if (((bits[at] ?? 0) & facts.fresh) === 0 || timeline === undefined) return undefined
  const earlier = restored.get(at + extent.from)
  if (earlier !== undefined) return earlier.outputs[output]
  const place = at + extent.from - timeline.from
  const lanes = timeline.outputs[output]
  return lanes && { low: lanes.low[place] ?? 0, high: lanes.high[place] ?? 0 }
}

/** A failure counts as long as the partition would still be made from what it failed on. */
function markFailures({ desk, computation, extent, inputs, bits }: Judging): void {
  for (const [index, failure] of desk.evaluation.snapshot.failures.get(computation.name) ?? []) {
    const at = index - extent.from
    if (at < 0 || at >= bits.length) continue
    const own = bits[at] ?? 0
    const { low, high } = parseFingerprint(failure.fingerprint)
    const isSame = low === inputs.low[at] && high === inputs.high[at]
    if ((own & (facts.fresh | facts.unknown)) === 0 && isSame) bits[at] = own | facts.failed
  }
}

/** Adds the running sums of the outputs that somebody reads. */
function addOwnSums(
  judging: Judging,
  outputs: NumberedComputation["outputs"],
  isAllFresh: boolean,
): void {
  const { desk, extent, bits } = judging
  outputs.forEach((number, place) => {
    if (number === undefined) return
    const [low, high] = [desk.pool.lend(bits.length + 1), desk.pool.lend(bits.length + 1)]
    sumContents(judging, place, { low, high })
    const unknown = isAllFresh ? undefined : countNotFresh(bits, desk.pool.lend(bits.length + 1))
    desk.sums[number] = { extent, low, high, unknown, obstacles: unfitCounts(judging, place) }
  })
}

/** Only what is fresh has a known content. */
function sumContents(
  { bits, extent, timeline, restored }: Judging,
  place: number,
  sums: Lanes,
): void {
  const [lowSums, highSums] = [sums.low, sums.high]
  const contents = timeline?.outputs[place] ?? nothing
  const [lows, highs] = [contents.low, contents.high]
  const shift = (extent.from - (timeline?.from ?? 0)) | 0
  let [low, high] = [0, 0]
  lowSums[0] = highSums[0] = 0
  for (let at = 0; at < bits.length; at += 1) {
    if (((bits[at] ?? 0) & facts.fresh) !== 0) {
      const earlier = restored.size === 0 ? undefined : restored.get(at + extent.from)
      low = (low + (earlier?.outputs[place]?.low ?? lows[at + shift] ?? 0)) | 0
      high = (high + (earlier?.outputs[place]?.high ?? highs[at + shift] ?? 0)) | 0
    }
    lowSums[at + 1] = low
    highSums[at + 1] = high
  }
}

const nothing = lanesOf(0)

function countNotFresh(bits: Uint8Array, column: Uint32Array): Counts {
  let [count, first] = [0, 0]
  column[0] = 0
  for (let at = 0; at < bits.length; at += 1) {
    if (((bits[at] ?? 0) & facts.fresh) === 0) {
      if (count === 0) first = at
      count += 1
    }
    column[at + 1] = count
  }
  return { column, first }
}

/** Counts the fresh partitions whose rows fail the error checks of today. */
function unfitCounts(judging: Judging, place: number): Counts | undefined {
  const { timeline, restored, bits } = judging
  const mayBeUnfit =
    restored.size > 0 || timeline?.marks.some(unfitMarkTest(judging, place)) === true
  return mayBeUnfit ? runningCount(bits.length, unfitTest(judging, place)) : undefined
}

/** Tells of a place whether the rows of one output are fresh and fail the error checks of today. */
function unfitTest(judging: Judging, output: number): (at: number) => boolean {
  const { bits, extent, timeline } = judging
  const isUnfitMark = unfitMarkTest(judging, output)
  const unfit = [false, ...(timeline?.marks.map(isUnfitMark) ?? [])]
  const shift = (extent.from - (timeline?.from ?? 0)) | 0
  return (at) => {
    if (((bits[at] ?? 0) & facts.fresh) === 0) return false
    const earlier = judging.restored.get(at + extent.from)
    if (earlier !== undefined) return isUnfitMark(earlier.mark)
    return unfit[timeline?.mark[at + shift] ?? 0] === true
  }
}

function unfitMarkTest({ desk, computation }: Judging, output: number): (mark: Mark) => boolean {
  const { checkVersions } = desk.evaluation
  const asset = computation.outputs[output]?.asset ?? ""
  return ({ checks }) => {
    const check = checks[output]
    if (check === undefined || check.failedErrors === 0) return false
    return check.version === checkVersions.get(asset)
  }
}
