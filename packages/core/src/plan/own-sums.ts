import { type Fingerprint, type Lanes, lanesOf } from "../fingerprint.ts"
import { type BitsPart, bitsOf, markBits, nextMarked, nextUnmarked } from "./bits.ts"
import type { Judging } from "./desk.ts"
import type { Mark } from "./snapshot.ts"
import { facts } from "./states.ts"

/** Adds the running sums of the outputs that somebody reads; `every` has the facts of each partition. */
export function addOwnSums(judging: Judging, every: number): void {
  const { desk, numbered, from, start, length } = judging
  for (let output = 0; output < numbered.outputs.length; output += 1) {
    const number = numbered.outputs[output]
    if (number === undefined) continue
    const contents = desk.pool.lend(length + 1)
    if (judging.restored.size > 0) sumEach(judging, output, contents)
    else sumFresh(judging, output, contents)
    const unknown =
      (every & facts.fresh) === 0 ? { bits: desk.evaluation.stale, start, length } : undefined
    const obstacles = unfitPart(judging, output)
    desk.sums[number] = { from, length, contents, unknown, obstacles }
  }
}

/** Sums up the newest rows, where they are fresh: nothing else has a known content. */
function sumFresh(
  { desk, from, timeline, start, length }: Judging,
  output: number,
  sums: Lanes,
): void {
  const { stale } = desk.evaluation
  const contents = timeline?.outputs[output] ?? nothing
  const shift = (from - (timeline?.from ?? 0)) | 0
  sums.low[0] = sums.high[0] = 0
  for (let at = 0; at < length;) {
    const end = nextMarked(stale, start + at, start + length) - start
    const next = nextUnmarked(stale, start + end, start + length) - start
    sumRun(contents, sums, { begin: at, end, shift })
    repeatSum(sums, end, next)
    at = next
  }
}

const nothing = lanesOf(0)

interface Run {
  readonly begin: number
  readonly end: number
  /** What is to be added to a place to find its content. */
  readonly shift: number
}

function sumRun(contents: Lanes, sums: Lanes, { begin, end, shift }: Run): void {
  const [lows, highs, lowSums, highSums] = [contents.low, contents.high, sums.low, sums.high]
  let [low, high] = [lowSums[begin] ?? 0, highSums[begin] ?? 0]
  for (let at = begin; at < end; at += 1) {
    low = (low + (lows[at + shift] ?? 0)) | 0
    high = (high + (highs[at + shift] ?? 0)) | 0
    lowSums[at + 1] = low
    highSums[at + 1] = high
  }
}

function repeatSum({ low, high }: Lanes, begin: number, end: number): void {
  const [lowSum, highSum] = [low[begin] ?? 0, high[begin] ?? 0]
  for (let at = begin; at < end; at += 1) {
    low[at + 1] = lowSum
    high[at + 1] = highSum
  }
}

/** Sums up what is fresh, of which some is not the newest. */
function sumEach(judging: Judging, output: number, { low, high }: Lanes): void {
  low[0] = high[0] = 0
  for (let at = 0; at < judging.length; at += 1) {
    const content = contentOf(judging, at, output)
    low[at + 1] = (low[at] ?? 0) + (content?.low ?? 0)
    high[at + 1] = (high[at] ?? 0) + (content?.high ?? 0)
  }
}

/** The content of one output at a place, if it is fresh. */
export function contentOf(
  { desk, from, start, timeline, restored }: Judging,
  at: number,
  output: number,
): Fingerprint | undefined {
  if (((desk.evaluation.facts[start + at] ?? 0) & facts.fresh) === 0 || timeline === undefined)
    return undefined
  const earlier = restored.get(at + from)
  if (earlier !== undefined) return earlier.outputs[output]
  const place = at + from - timeline.from
  const lanes = timeline.outputs[output]
  return lanes && { low: lanes.low[place] ?? 0, high: lanes.high[place] ?? 0 }
}

/** The fresh partitions whose rows fail the error checks of today. */
function unfitPart(judging: Judging, output: number): BitsPart | undefined {
  const { timeline, restored, length } = judging
  const mayBeUnfit =
    restored.size > 0 || timeline?.marks.some((mark) => isUnfitMark(judging, output, mark)) === true
  if (!mayBeUnfit) return undefined
  const bits = bitsOf(length)
  const isUnfit = unfitTest(judging, output)
  for (let at = 0; at < length; at += 1) if (isUnfit(at)) markBits(bits, at, at + 1)
  return { bits, start: 0, length }
}

/** Tells of a place whether the rows of one output are fresh and fail the error checks of today. */
export function unfitTest(judging: Judging, output: number): (at: number) => boolean {
  const { desk, from, start, timeline } = judging
  const marks = timeline?.marks.map((mark) => isUnfitMark(judging, output, mark)) ?? []
  const unfit = [false, ...marks]
  const shift = (from - (timeline?.from ?? 0)) | 0
  return (at) => {
    if (((desk.evaluation.facts[start + at] ?? 0) & facts.fresh) === 0) return false
    const earlier = judging.restored.get(at + from)
    if (earlier !== undefined) return isUnfitMark(judging, output, earlier.mark)
    return unfit[timeline?.mark[at + shift] ?? 0] === true
  }
}

function isUnfitMark({ versions }: Judging, output: number, { checks }: Mark): boolean {
  const check = checks[output]
  return check !== undefined && check.failedErrors > 0 && check.version === versions.checks[output]
}
