import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { assetNamed } from "../graph/graph.ts"
import type { Reading } from "../graph/graph.ts"
import { byteColumns } from "./columns.ts"
import { runningCount } from "./content-sums.ts"
import { readingsOf } from "./inputs.ts"
import type { Plan, PlanRequest } from "./plan.ts"
import { type Evaluation, type States, facts, rangesOfOnes, stateKind } from "./states.ts"
import { type Places, type WindowFinder, windowFinder } from "./windows.ts"

/** Computation → a column with 1 for each partition that is meant; a computation with none is not in the map. */
export type Needed = ReadonlyMap<string, Uint8Array>

/** Marks while they are made. */
interface Marks {
  readonly columns: Map<string, Uint8Array>
  readonly zeros: (length: number) => Uint8Array
  readonly placesOf: WindowFinder["placesOf"]
}

function noMarks(evaluation: Evaluation): Marks {
  const { placesOf } = windowFinder(evaluation)
  return { columns: new Map(), zeros: byteColumns(), placesOf }
}

/** The targets that are not fresh, and whatever they read, directly or not, that is not. */
export function neededPartitions(evaluation: Evaluation, request: PlanRequest): Needed {
  const marks = noMarks(evaluation)
  const isMeant = meantFacts(request)
  for (const [name, ranges] of request.targets) {
    const { computation } = assetNamed(evaluation.graph, name)
    const states = evaluation.states.get(computation.name)
    if (states === undefined || isAllFresh(states)) continue
    const column = marks.columns.get(computation.name) ?? marks.zeros(states.facts.length)
    for (const range of ranges) needTargets(column, states, range, isMeant)
    if (column.includes(1)) marks.columns.set(computation.name, column)
  }
  for (const computation of evaluation.graph.computations.toReversed()) {
    const own = marks.columns.get(computation.name)
    if (own !== undefined) needReads(evaluation, marks, computation, own)
  }
  return marks.columns
}

function isAllFresh({ every }: States): boolean {
  return (every & facts.fresh) !== 0
}

/** Facts → whether a target with them is meant. */
function meantFacts({ only }: PlanRequest): readonly boolean[] {
  return Array.from({ length: 256 }, (_, bits) =>
    only === undefined ? (bits & facts.fresh) === 0 : stateKind(bits) === only,
  )
}

function needTargets(
  column: Uint8Array,
  { from, facts: bits }: States,
  range: PartitionRange,
  isMeant: readonly boolean[],
): void {
  const end = Math.min(range.to - from, bits.length - 1)
  for (let at = Math.max(0, range.from - from); at <= end; at += 1)
    if (isMeant[bits[at] ?? 0] === true) column[at] = 1
}

/** Whatever the marked partitions of a computation read that is not fresh. */
function needReads(
  { graph, states }: Evaluation,
  { columns, zeros, placesOf }: Marks,
  computation: Computation,
  own: Uint8Array,
): void {
  const { from, facts: bits } = states.get(computation.name) ?? { from: 0, facts: own }
  const readings = readingsOf(graph, computation)
  if (readings.some(({ read }) => read.asset === undefined)) needOwnPast(own, bits)
  const first = own.indexOf(1)
  const reader = { from: from + first, to: from + own.lastIndexOf(1) }
  for (const reading of readings) {
    const { asset, read } = reading
    if (asset.kind === "source" || read.asset === undefined) continue
    const { name } = asset.computation
    const upstream = states.get(name)
    const windows = upstream && !isAllFresh(upstream) ? placesOf(reading, reader) : undefined
    if (upstream === undefined || windows === undefined) continue
    const column = columns.get(name) ?? zeros(upstream.facts.length)
    if (needWindows(own.subarray(first), windows, upstream.facts, column)) columns.set(name, column)
  }
}

/** A partition that reads the one before it needs that one too, unless it is fresh. */
function needOwnPast(own: Uint8Array, bits: Uint8Array): void {
  for (let at = own.length - 1; at > 0; at -= 1)
    if (own[at] === 1 && ((bits[at - 1] ?? 0) & facts.fresh) === 0) own[at - 1] = 1
}

/** Windows move on with their readers, so that each partition of the upstream is looked at once. Says whether any is needed. */
function needWindows(
  own: Uint8Array,
  { begin, end }: Places,
  bits: Uint8Array,
  column: Uint8Array,
): boolean {
  let isAny = false
  let seen = 0
  for (let at = own.lastIndexOf(1), reader = 0; reader <= at; reader += 1) {
    if (own[reader] !== 1) continue
    const to = end[reader] ?? 0
    for (let place = Math.max(begin[reader] ?? 0, seen); place < to; place += 1) {
      if (((bits[place] ?? 0) & facts.fresh) !== 0) continue
      column[place] = 1
      isAny = true
    }
    seen = Math.max(seen, to)
  }
  return isAny
}

/** The needed partitions that cannot be made yet: they wait for something, or for one that does. */
export function blockedPartitions(evaluation: Evaluation, needed: Needed): Needed {
  const marks = noMarks(evaluation)
  for (const computation of evaluation.graph.computations) {
    const own = needed.get(computation.name)
    const states = evaluation.states.get(computation.name)
    if (own === undefined || states === undefined) continue
    const readings = markedReadings(evaluation, marks, computation)
    const isWaiting = (states.some & facts.waits) !== 0
    if (!isWaiting && readings.length === 0) continue
    const held = marks.zeros(own.length)
    if (isWaiting)
      for (let at = 0; at < own.length; at += 1)
        if (own[at] === 1 && ((states.facts[at] ?? 0) & facts.waits) !== 0) held[at] = 1
    markReaders(marks, readings, { own, marked: held, from: states.from })
    if (readsItself(computation)) markAfter(own, held)
    if (held.includes(1)) marks.columns.set(computation.name, held)
  }
  return marks.columns
}

/** The reads of a computation that may find something marked. */
function markedReadings(
  { graph }: Evaluation,
  { columns }: Marks,
  computation: Computation,
): readonly Reading[] {
  return readingsOf(graph, computation).filter(
    ({ asset, read }) =>
      read.asset !== undefined && asset.kind === "asset" && columns.has(asset.computation.name),
  )
}

function readsItself({ reads }: Computation): boolean {
  return reads.some(({ asset }) => asset === undefined)
}

interface Marking {
  /** The partitions that may be marked. */
  readonly own: Uint8Array
  readonly marked: Uint8Array
  readonly from: number
}

/** Marks the partitions whose windows hold a marked one. */
function markReaders(
  { columns, placesOf }: Marks,
  readings: readonly Reading[],
  { own, marked, from }: Marking,
): void {
  const reader = { from, to: from + own.length - 1 }
  for (const reading of readings) {
    const windows = placesOf(reading, reader)
    const upstream = reading.asset.kind === "asset" && columns.get(reading.asset.computation.name)
    if (windows === undefined || !upstream) continue
    const counts = runningCount(upstream.length, (at) => upstream[at] === 1)
    if (counts === undefined) continue
    const { column } = counts
    const { begin, end } = windows
    for (let at = 0; at < own.length; at += 1)
      if (own[at] === 1 && column[end[at] ?? 0] !== column[begin[at] ?? 0]) marked[at] = 1
  }
}

/** A mark runs on along the partitions that each read the one before. */
function markAfter(own: Uint8Array, marked: Uint8Array): void {
  for (let at = 1; at < own.length; at += 1)
    if (own[at] === 1 && marked[at - 1] === 1) marked[at] = 1
}

/** What will be stale once the plan has been performed, because it reads what the plan makes and is not part of it: computation → partitions. */
export function staleAfter(
  evaluation: Evaluation,
  plan: Plan,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const marks = noMarks(evaluation)
  for (const { computation, ranges } of plan.work) {
    const states = evaluation.states.get(computation.name)
    if (states === undefined) continue
    const column = marks.zeros(states.facts.length)
    for (const { from, to } of ranges) column.fill(1, from - states.from, to - states.from + 1)
    marks.columns.set(computation.name, column)
  }
  const result = new Map<string, readonly PartitionRange[]>()
  for (const computation of evaluation.graph.computations) {
    const ranges = staleReaders(evaluation, marks, computation)
    if (ranges.length > 0) result.set(computation.name, ranges)
  }
  return result
}

function staleReaders(
  evaluation: Evaluation,
  marks: Marks,
  computation: Computation,
): readonly PartitionRange[] {
  const states = evaluation.states.get(computation.name)
  const planned = marks.columns.get(computation.name)
  const readings = markedReadings(evaluation, marks, computation)
  if (states === undefined || (planned === undefined && readings.length === 0)) return []
  const own = states.facts.map((bits) => ((bits & facts.made) !== 0 ? 1 : 0))
  const marked = planned?.slice() ?? marks.zeros(own.length)
  markReaders(marks, readings, { own, marked, from: states.from })
  if (readsItself(computation)) markAfter(own, marked)
  if (marked.includes(1)) marks.columns.set(computation.name, marked)
  const stale = marked.map((each, at) => (each === 1 && planned?.[at] !== 1 ? 1 : 0))
  return rangesOfOnes(stale, states.from)
}
