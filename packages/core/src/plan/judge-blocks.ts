import { nextMarked } from "./bits.ts"
import { sumOfInputs } from "./block-sums.ts"
import { blockAt, blockLength, mostAtOnce } from "./blocks.ts"
import type { Judging } from "./desk.ts"
import { judgePlaces, noteFresh } from "./judge-places.ts"
import { addRange } from "./reads.ts"
import type { Timeline } from "./snapshot.ts"
import { facts } from "./states.ts"

/** A computation's timeline while it is judged block by block. */
interface Blockwise {
  readonly judging: Judging
  readonly timeline: Timeline
  /** How many of its places lie before the first partition. */
  readonly shift: number
  /** Up to where all partitions have been judged. */
  judged: number
}

/** Judges neighbours together where all of them are fresh, and one by one only where not. */
export function judgeBlocks(judging: Judging, timeline: Timeline): void {
  const blockwise = { judging, timeline, shift: judging.from - timeline.from, judged: 0 }
  const { begin, end } = wholeBlocks(blockwise)
  for (let block = begin; block < end;) {
    const next = endOfAlike(blockwise, block, Math.min(end, block + mostAtOnce))
    if (block < next) judgeTogether(blockwise, block, next)
    block = Math.max(next, block + 1)
  }
  judgeEach(blockwise, judging.length)
}

/** The blocks that lie within what exists. */
function wholeBlocks({ judging: { length }, timeline, shift }: Blockwise) {
  const count = timeline.blocks.mark.length
  const begin = Math.min(Math.max(0, Math.ceil(shift / blockLength)), count)
  const isLastWithin = timeline.length - shift <= length
  const end = isLastWithin ? count : Math.floor((length + shift) / blockLength)
  return { begin, end }
}

/** The first partition of a block. */
function placeOf({ timeline, shift }: Blockwise, block: number): number {
  return blockAt(block, timeline.length) - shift
}

/** Where the blocks from `block` on end that have one mark and read nothing unknown, so that they may be fresh together. */
function endOfAlike(blockwise: Blockwise, block: number, end: number): number {
  const { judging, timeline, shift } = blockwise
  const { mark } = timeline.blocks
  const own = mark[block]
  if (own === 0) return block
  let next = block
  while (next < end && mark[next] === own) next += 1
  const to = placeOf(blockwise, next)
  const unknown = nextMarked(judging.desk.unknown, placeOf(blockwise, block), to)
  return unknown === to ? next : Math.floor((unknown + shift) / blockLength)
}

/** Finds the blocks that are fresh: all of them, or else those of each half. */
function judgeTogether(blockwise: Blockwise, begin: number, end: number): void {
  if (isSame(blockwise, begin, end)) {
    noteBlocks(blockwise, begin, end)
    return
  }
  if (end - begin === 1) return
  const middle = (begin + end) >> 1
  judgeTogether(blockwise, begin, middle)
  judgeTogether(blockwise, middle, end)
}

function isSame(blockwise: Blockwise, begin: number, end: number): boolean {
  const { judging, timeline } = blockwise
  const { low, high } = timeline.blocks.inputs
  const sum = sumOfInputs(judging, placeOf(blockwise, begin), placeOf(blockwise, end))
  return (
    sum.low === ((low[end] ?? 0) - (low[begin] ?? 0)) >>> 0 &&
    sum.high === ((high[end] ?? 0) - (high[begin] ?? 0)) >>> 0
  )
}

function noteBlocks(blockwise: Blockwise, begin: number, end: number): void {
  const { judging, timeline } = blockwise
  const [from, to] = [placeOf(blockwise, begin), placeOf(blockwise, end)]
  judgeEach(blockwise, from)
  const own = judging.desk.marked[timeline.blocks.mark[begin] ?? 0] ?? 0
  noteFresh(judging, own | facts.fresh, from, to)
  blockwise.judged = to
}

function judgeEach({ judging, judged }: Blockwise, end: number): void {
  if (judged >= end) return
  addRange(judging, judged, end)
  judgePlaces(judging, judged, end)
}
