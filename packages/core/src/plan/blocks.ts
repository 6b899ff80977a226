import { type Lanes, lanesOf } from "../fingerprint.ts"
import type { Timeline } from "./snapshot.ts"

/**
 * Neighbours are compared together: what they would be made from, added up, with what they were made from, added up.
 * A content has one fingerprint now, so that the sums are equal only if each pair is. By chance they are equal once
 * in 2^64, as two fingerprints are; once in 2^48 at worst, where 256 of them differ in the same content, since that
 * factor takes 8 bits from each half.
 */
export const blockLength = 64

/** As many blocks as are compared at once. */
export const mostAtOnce = 6

/** What the neighbours of a timeline come to together: block `k` begins at place `64 k`, and the last one ends with the timeline. */
export interface Blocks {
  /** The mark that the whole block has; 0 where it has several, or something is not kept. */
  readonly mark: Uint16Array
  /** Running sums over the blocks of what they were made from. */
  readonly inputs: Lanes
  /** For each output `blockSums` of its running sums. */
  readonly sums: readonly Lanes[]
}

/** Where a block begins; the place after the last one is where the timeline ends. */
export function blockAt(block: number, length: number): number {
  return Math.min(block * blockLength, length)
}

/** How many blocks a timeline has. */
export function blockCount(length: number): number {
  return Math.ceil(length / blockLength)
}

/** A timeline of these columns. Where columns of one change it is made anew: its blocks follow from them. */
export function timelineFrom(columns: Omit<Timeline, "length" | "blocks">): Timeline {
  const { from, mark, inputs, sums, marks, earlier } = columns
  const blocks = blocksOf(columns)
  return { from, length: mark.length, mark, inputs, sums, blocks, marks, earlier }
}

/** Adds up the blocks of a timeline. */
export function blocksOf({
  mark,
  inputs,
  sums,
}: Pick<Timeline, "mark" | "inputs" | "sums">): Blocks {
  return {
    mark: sharedMarks(mark),
    inputs: addedUp(inputs, mark.length),
    sums: sums.map(blockSums),
  }
}

/** Of running sums: the sum of those before the begin of each block, and of those before the last one. */
export function blockSums(sums: Lanes): Lanes {
  return addedUp(sums, sums.low.length - 1)
}

function addedUp({ low, high }: Lanes, length: number): Lanes {
  const count = blockCount(length)
  const sums = lanesOf(count + 1)
  let [lowSum, highSum] = [0, 0]
  for (let block = 0; block < count; block += 1) {
    for (let at = blockAt(block, length); at < blockAt(block + 1, length); at += 1) {
      lowSum = (lowSum + (low[at] ?? 0)) | 0
      highSum = (highSum + (high[at] ?? 0)) | 0
    }
    sums.low[block + 1] = lowSum
    sums.high[block + 1] = highSum
  }
  return sums
}

function sharedMarks(mark: Uint16Array): Uint16Array {
  const shared = new Uint16Array(blockCount(mark.length))
  for (let block = 0; block < shared.length; block += 1) {
    const [begin, end] = [blockAt(block, mark.length), blockAt(block + 1, mark.length)]
    const first = mark[begin] ?? 0
    let at = begin + 1
    while (at < end && mark[at] === first) at += 1
    if (at === end) shared[block] = first
  }
  return shared
}
