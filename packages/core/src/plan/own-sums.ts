import { type Fingerprint, lanesOf, runningSums, summandAt } from "../fingerprint.ts"
import { type BitsPart, bitsOf, markBits } from "./bits.ts"
import type { ContentSums } from "./content-sums.ts"
import type { Judging } from "./desk.ts"
import type { Mark } from "./snapshot.ts"
import { facts } from "./states.ts"

/** Says what readers of the outputs find. `anyWaits`: whether any partition is noted to wait for something. */
export function addOwnSums(judging: Judging, anyWaits: boolean): void {
  const { desk, numbered, from, start, length } = judging
  for (let output = 0; output < numbered.outputs.length; output += 1) {
    const number = numbered.outputs[output]
    if (number === undefined) continue
    const found =
      judging.restored.size > 0 ? restoredSums(judging, output) : keptSums(judging, output)
    const unknown =
      judging.fresh < length ? { bits: desk.evaluation.stale, start, length } : undefined
    const obstacles = obstaclesIn(judging, output, anyWaits)
    desk.sums[number] = { from, length, ...found, unknown, obstacles }
  }
}

type Sums = Pick<ContentSums, "sums" | "origin">

const nothing = lanesOf(1)

function keptSums({ from, timeline }: Judging, output: number): Sums {
  const sums = timeline?.sums[output]
  if (timeline === undefined || sums === undefined) return { sums: nothing, origin: 0 }
  return { sums, origin: from - timeline.from }
}

/** The running sums of what is fresh, where some of it is not the newest. */
function restoredSums(judging: Judging, output: number): Sums {
  const { low, high } = lanesOf(judging.length)
  for (let at = 0; at < judging.length; at += 1) {
    const content = contentOf(judging, at, output)
    low[at] = content?.low ?? 0
    high[at] = content?.high ?? 0
  }
  return { sums: runningSums({ low, high }), origin: 0 }
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
  const sums = timeline.sums[output]
  return sums && summandAt(sums, at + from - timeline.from)
}

/** The fresh partitions whose rows nobody may go on from: they fail the error checks of today, or stand on rows that do. */
function obstaclesIn(judging: Judging, output: number, anyWaits: boolean): BitsPart | undefined {
  const { desk, timeline, restored, start, length } = judging
  const mayBeUnfit =
    restored.size > 0 || timeline?.marks.some((mark) => isUnfitMark(judging, output, mark)) === true
  if (!mayBeUnfit && !anyWaits) return undefined
  const bits = bitsOf(length)
  const isUnfit = unfitTest(judging, output)
  const column = desk.evaluation.facts
  const standing = facts.fresh | facts.waits
  for (let at = 0; at < length; at += 1)
    if (((column[start + at] ?? 0) & standing) === standing || isUnfit(at))
      markBits(bits, at, at + 1)
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
