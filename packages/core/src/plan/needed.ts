import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { assetNamed } from "../graph/graph.ts"
import type { Reading } from "../graph/graph.ts"
import { byteColumns } from "./columns.ts"
import { runningCount } from "./content-sums.ts"
import { readingsOf } from "./inputs.ts"
import type { Plan, PlanRequest } from "./plan.ts"
import {
  type Evaluation,
  type StateKind,
  type States,
  facts,
  rangesOfOnes,
  stateKind,
} from "./states.ts"
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
  const isMeant = request.only === undefined ? undefined : meantFacts(request.only)
  for (const [name, ranges] of request.targets) {
    const { computation } = assetNamed(evaluation.graph, name)
    const states = evaluation.states.get(computation.name)
    if (states === undefined || isAllFresh(states)) continue
    const column = marks.columns.get(computation.name) ?? marks.zeros(states.facts.length)
    for (const range of ranges) markTargets(column, states, range, isMeant)
    marks.columns.set(computation.name, column)
  }
  for (const computation of evaluation.graph.computations.toReversed()) {
    const own = marks.columns.get(computation.name)
    const states = evaluation.states.get(computation.name)
    if (own === undefined || states === undefined) continue
    if (!keepStale(own, states)) {
      marks.columns.delete(computation.name)
      continue
    }
    if (readsItself(computation)) needOwnPast(own, states.facts)
    markReads(evaluation, marks, computation, rangesOfOnes(own, states.from))
  }
  return marks.columns
}

function isAllFresh({ every }: States): boolean {
  return (every & facts.fresh) !== 0
}

/** Facts → whether a target with them is meant. */
function meantFacts(only: StateKind): readonly boolean[] {
  return Array.from({ length: 256 }, (_, bits) => stateKind(bits) === only)
}

/** Marks the partitions that were asked for, fresh or not. */
function markTargets(
  column: Uint8Array,
  { from, facts: bits }: States,
  range: PartitionRange,
  isMeant: readonly boolean[] | undefined,
): void {
  const begin = Math.max(0, range.from - from)
  const end = Math.max(begin, Math.min(range.to - from + 1, bits.length))
  if (isMeant === undefined) column.fill(1, begin, end)
  else for (let at = begin; at < end; at += 1) if (isMeant[bits[at] ?? 0] === true) column[at] = 1
}

/** Takes back the marks of what is fresh. Says whether any are left. */
function keepStale(column: Uint8Array, { facts: bits, some }: States): boolean {
  const first = column.indexOf(1)
  if (first < 0 || (some & facts.fresh) === 0) return first >= 0
  let isAny = false
  for (let at = first; at < column.length; at += 1) {
    if (column[at] !== 1) continue
    if (((bits[at] ?? 0) & facts.fresh) === 0) isAny = true
    else column[at] = 0
  }
  return isAny
}

/** Marks whatever the marked partitions of a computation read, fresh or not, where not all of it is fresh. */
function markReads(
  { graph, states }: Evaluation,
  { columns, zeros, placesOf }: Marks,
  computation: Computation,
  ranges: readonly PartitionRange[],
): void {
  for (const reading of readingsOf(graph, computation)) {
    const { asset, mapping, read } = reading
    if (asset.kind === "source" || read.asset === undefined) continue
    const { name } = asset.computation
    const upstream = states.get(name)
    if (upstream === undefined || isAllFresh(upstream)) continue
    const column = columns.get(name) ?? zeros(upstream.facts.length)
    columns.set(name, column)
    if (mapping.kind === "shift" && read.window.kind !== "latest")
      markShifted(column, upstream.from, mapping.offsets, ranges)
    else markWindows(column, ranges, (reader) => placesOf(reading, reader))
  }
}

/** A partition that reads the one before it needs that one too, unless it is fresh. */
function needOwnPast(own: Uint8Array, bits: Uint8Array): void {
  for (let at = own.length - 1; at > 0; at -= 1)
    if (own[at] === 1 && ((bits[at - 1] ?? 0) & facts.fresh) === 0) own[at - 1] = 1
}

/** The windows of neighbours lie side by side. */
function markShifted(
  column: Uint8Array,
  start: number,
  offsets: PartitionRange,
  ranges: readonly PartitionRange[],
): void {
  for (const { from, to } of ranges) {
    const begin = Math.max(0, from + offsets.from - start)
    column.fill(1, begin, Math.max(begin, to + offsets.to + 1 - start))
  }
}

/** Windows move on with their readers, so that each partition of the upstream is marked once. */
function markWindows(
  column: Uint8Array,
  ranges: readonly PartitionRange[],
  placesOf: (reader: PartitionRange) => Places | undefined,
): void {
  let seen = 0
  for (const range of ranges) {
    const windows = placesOf(range)
    if (windows === undefined) return
    for (let at = 0; at <= range.to - range.from; at += 1) {
      const to = windows.end[at] ?? 0
      column.fill(1, Math.max(windows.begin[at] ?? 0, seen), Math.max(seen, to))
      seen = Math.max(seen, to)
    }
  }
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

/**
 * The fresh partitions that stand on refused rows: what they read fails its error checks, or goes back to what does.
 * Nothing is said of their own rows before that is mended.
 */
export function heldPartitions(evaluation: Evaluation): Needed {
  const all = [...evaluation.states]
  if (!all.some(([, { some }]) => (some & facts.waits) !== 0)) return new Map()
  const fresh = new Map<string, Uint8Array>()
  for (const [name, { some, facts: bits }] of all)
    if ((some & facts.fresh) !== 0)
      fresh.set(
        name,
        bits.map((each) => ((each & facts.fresh) !== 0 ? 1 : 0)),
      )
  return blockedPartitions(evaluation, fresh)
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
