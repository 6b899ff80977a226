import type { Asset, Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type Bits, type BitsPart, bitsOf, isMarked, keepMarked, markBits } from "./bits.ts"
import { readRanges } from "./inputs.ts"
import { type Marks, markAfter, markReadersOf, noMarks, partOf } from "./marks.ts"
import { type NumberedComputation, numberedGraph } from "./numbered-graph.ts"
import { type Evaluation, statesOf } from "./states.ts"
import { markReaders } from "./window-sums.ts"
import { type WindowFinder, windowFinder } from "./windows.ts"

/** The fresh partitions that stand on some rows: they read these partitions of assets, or what goes back to them. */
export function standingOn(
  evaluation: Evaluation,
  rows: ReadonlyMap<string, readonly PartitionRange[]>,
): Marks {
  const standing = noMarks(evaluation)
  const finder = windowFinder(evaluation)
  const fresh = evaluation.stale.map((word) => ~word)
  const below = { rows: rowsMarked(evaluation, rows), standing, fresh, finder }
  for (const computation of numberedGraph(evaluation.graph).computations)
    markStanding(evaluation, below, computation)
  return standing
}

function rowsMarked(
  evaluation: Evaluation,
  rows: ReadonlyMap<string, readonly PartitionRange[]>,
): ReadonlyMap<string, BitsPart> {
  const marked = new Map<string, BitsPart>()
  for (const [name, ranges] of rows) {
    const asset = evaluation.graph.assets.get(name)
    const states = asset?.kind === "asset" ? statesOf(evaluation, asset.computation) : undefined
    if (states === undefined) continue
    const { from, length } = states
    const bits = bitsOf(length)
    for (const range of ranges)
      markBits(bits, Math.max(0, range.from - from), Math.min(range.to - from + 1, length))
    marked.set(name, { bits, start: 0, length })
  }
  return marked
}

interface Below {
  /** By asset. */
  readonly rows: ReadonlyMap<string, BitsPart>
  readonly standing: Marks
  /** All that is fresh. */
  readonly fresh: Bits
  readonly finder: WindowFinder
}

function markStanding(
  evaluation: Evaluation,
  { rows, standing, fresh, finder }: Below,
  computation: NumberedComputation,
): void {
  const { number, reads, past } = computation
  const states = evaluation.states[number]
  if (states === undefined) return
  const own = partOf(standing, states)
  markReadersOf(evaluation, standing, finder, computation)
  for (const read of reads) {
    const found = rows.get(read.reading.asset.name)
    const upstream = evaluation.states[read.maker ?? -1]
    if (found !== undefined && upstream !== undefined)
      markReaders(own, finder.windowsOf(read, states, upstream), found)
  }
  const before = past && rows.get(computation.computation.outputs[0]?.asset ?? "")
  if (before !== undefined) markNext(own, before)
  const isAny = keepMarked(own, fresh)
  if (isAny && past !== undefined) markAfter({ ...own, bits: fresh }, own)
  standing.touched[number] = isAny ? 1 : 0
}

/** Each partition reads the one before it. */
function markNext({ bits, start, length }: BitsPart, before: BitsPart): void {
  for (let at = 1; at < length; at += 1)
    if (isMarked(before.bits, at - 1)) markBits(bits, start + at, start + at + 1)
}

/** One partition of a computation. */
export interface ComputedPartition {
  readonly computation: Computation
  readonly partition: number
}

/** What is looked for below a partition, and which of the partitions that it reads stand on that. */
export interface Looking<Found> {
  readonly find: (asset: Asset, index: number) => Found | undefined
  readonly isStanding: (computation: Computation, index: number) => boolean
  /** What was found below partitions that stand on something, by place: they are gone through once. */
  readonly known: Map<number, Found>
}

/** The first thing found among what a partition reads, or what one that it reads stands on. */
export function findBelow<Found>(
  evaluation: Evaluation,
  start: ComputedPartition,
  looking: Looking<Found>,
): Found | undefined {
  const passed: number[] = []
  let found: Found | undefined
  for (let next: ComputedPartition | undefined = start; next !== undefined;) {
    const place = placeOf(evaluation, next)
    found = looking.known.get(place)
    if (found !== undefined) break
    const seen: Seen<Found> = lookAt(evaluation, next, looking)
    found = seen.found
    next = seen.standing
    passed.push(place)
  }
  if (found !== undefined) for (const place of passed.slice(1)) looking.known.set(place, found)
  return found
}

function placeOf(evaluation: Evaluation, { computation, partition }: ComputedPartition): number {
  const { start = 0, from = 0 } = statesOf(evaluation, computation) ?? {}
  return start + partition - from
}

interface Seen<Found> {
  readonly found?: Found
  readonly standing?: ComputedPartition | undefined
}

function lookAt<Found>(
  evaluation: Evaluation,
  { computation, partition }: ComputedPartition,
  { find, isStanding }: Looking<Found>,
): Seen<Found> {
  let standing: ComputedPartition | undefined
  for (const { asset, range } of readRanges(evaluation, computation, partition)) {
    if (asset.kind === "source") continue
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1) {
      const found = find(asset, index)
      if (found !== undefined) return { found }
      if (standing === undefined && isStanding(asset.computation, index))
        standing = { computation: asset.computation, partition: index }
    }
  }
  return { standing }
}
