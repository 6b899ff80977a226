import type { Fingerprint } from "../fingerprint.ts"
import { blockAt, blockLength } from "./blocks.ts"
import type { ContentSums } from "./content-sums.ts"
import type { Judging } from "./desk.ts"
import { type Shift, shiftOf } from "./windows.ts"

/**
 * What neighbours would be made from, all of it added up: windows begin and end side by side, so that a few sums of
 * running sums tell it. From place `begin` up to but not including `end`; all that they read is known.
 */
export function sumOfInputs(judging: Judging, begin: number, end: number): Fingerprint {
  const { desk, numbered, versions } = judging
  let low = Math.imul(versions.lowCode, end - begin)
  let high = Math.imul(versions.highCode, end - begin)
  for (const read of numbered.reads) {
    const found = desk.sums[read.upstream]
    if (found === undefined) continue
    const windows = shiftOf(read, judging, found)
    if (windows.first >= windows.next) continue
    const { sums, blockSums, origin } = found
    const lowSum = sumOfWindows(
      { sums: sums.low, blockSums: blockSums.low, origin, windows },
      begin,
      end,
    )
    const highSum = sumOfWindows(
      { sums: sums.high, blockSums: blockSums.high, origin, windows },
      begin,
      end,
    )
    low = (low + Math.imul(read.lowFactor, lowSum)) | 0
    high = (high + Math.imul(read.highFactor, highSum)) | 0
  }
  return { low: low >>> 0, high: high >>> 0 }
}

/** One half of the running sums that windows are cut from. */
export interface Half extends Pick<ContentSums, "origin"> {
  readonly sums: Uint32Array
  readonly blockSums: Uint32Array
  readonly windows: Shift
}

/** What all readers from place `begin` up to but not including `end` find, of one half of the fingerprints. */
export function sumOfWindows(half: Half, begin: number, end: number): number {
  const { first, next } = half.windows
  const ends = sumBefore(half, end + next) - sumBefore(half, begin + next)
  const begins = sumBefore(half, end + first) - sumBefore(half, begin + first)
  return (ends - begins) | 0
}

/** The sum of the running sums of all places before one; those outside are cut to the first, or to the end. */
function sumBefore(half: Half, place: number): number {
  const { sums, origin, windows } = half
  const inside = Math.min(Math.max(place, 0), windows.size)
  const edge = place === inside ? 0 : (sums[inside + origin] ?? 0)
  const count = Math.min(Math.max(inside + origin, 0), sums.length)
  return (sumOfFirst(half, count) + Math.imul(place - inside, edge)) | 0
}

/** The sum of the first `count` running sums, from the nearest block that is added up. */
function sumOfFirst({ sums, blockSums }: Half, count: number): number {
  const [length, last] = [sums.length - 1, blockSums.length - 1]
  const half = blockLength / 2
  const block = count + half > length ? last : Math.floor((count + half) / blockLength)
  const known = blockAt(block, length)
  let sum = blockSums[block] ?? 0
  for (let at = known; at < count; at += 1) sum = (sum + (sums[at] ?? 0)) | 0
  for (let at = count; at < known; at += 1) sum = (sum - (sums[at] ?? 0)) | 0
  return sum
}
