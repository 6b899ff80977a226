import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { assetNamed } from "../graph/graph.ts"
import { runningCount } from "./content-sums.ts"
import { type Reading, readingsOf } from "./inputs.ts"
import type { Plan, PlanRequest } from "./plan.ts"
import { type Evaluation, type States, facts, rangesOfPlaces, stateKind } from "./states.ts"
import { windowsOf } from "./windows.ts"

/** Computation → a column with 1 for each partition that is meant; a computation with none is not in the map. */
export type Needed = ReadonlyMap<string, Uint8Array>

type Columns = Map<string, Uint8Array>

/** The targets that are not fresh, and whatever they read, directly or not, that is not. */
export function neededPartitions(evaluation: Evaluation, request: PlanRequest): Needed {
  const needed: Columns = new Map()
  for (const [name, ranges] of request.targets) {
    const { computation } = assetNamed(evaluation.graph, name)
    for (const range of ranges) needTargets(evaluation, needed, computation, { range, request })
  }
  for (const computation of evaluation.graph.computations.toReversed()) {
    const own = needed.get(computation.name)
    const states = evaluation.states.get(computation.name)
    if (own === undefined || states === undefined) continue
    for (const reading of readingsOf(evaluation.graph, computation))
      if (reading.read.asset === undefined) needOwnPast(own, states)
    for (const reading of readingsOf(evaluation.graph, computation))
      if (reading.read.asset !== undefined)
        needUpstream(evaluation, needed, reading, { own, from: states.from })
  }
  return needed
}

function needTargets(
  evaluation: Evaluation,
  needed: Columns,
  computation: Computation,
  { range, request }: { readonly range: PartitionRange; readonly request: PlanRequest },
): void {
  const states = evaluation.states.get(computation.name)
  if (states === undefined) return
  const isMeant = Array.from({ length: 256 }, (_, bits) =>
    request.only === undefined ? (bits & facts.fresh) === 0 : stateKind(bits) === request.only,
  )
  const end = Math.min(range.to - states.from, states.facts.length - 1)
  for (let at = Math.max(0, range.from - states.from); at <= end; at += 1)
    if (isMeant[states.facts[at] ?? 0] === true) column(needed, computation, states)[at] = 1
}

function column(needed: Columns, { name }: Computation, { facts: { length } }: States): Uint8Array {
  const known = needed.get(name)
  if (known !== undefined) return known
  const made = new Uint8Array(length)
  needed.set(name, made)
  return made
}

/** A partition that reads the one before it needs that one too, unless it is fresh. */
function needOwnPast(own: Uint8Array, states: States): void {
  for (let at = own.length - 1; at > 0; at -= 1)
    if (own[at] === 1 && ((states.facts[at - 1] ?? 0) & facts.fresh) === 0) own[at - 1] = 1
}

/** Windows move on with their readers, so that each partition of the upstream is looked at once. */
function needUpstream(
  evaluation: Evaluation,
  needed: Columns,
  reading: Reading,
  { own, from }: { readonly own: Uint8Array; readonly from: number },
): void {
  const { asset } = reading
  const extent = evaluation.extents.get(asset.name)
  if (asset.kind === "source" || extent === undefined) return
  const states = evaluation.states.get(asset.computation.name)
  if (states?.facts.every((bits) => (bits & facts.fresh) !== 0) !== false) return
  const reader = { from, to: from + own.length - 1 }
  const { first, last } = windowsOf(evaluation, reading, reader, extent)
  let seen = -Infinity
  for (let at = 0; at < own.length; at += 1) {
    if (own[at] !== 1) continue
    const end = last[at] ?? 0
    for (let index = Math.max(first[at] ?? 0, seen + 1); index <= end; index += 1)
      if (((states.facts[index - states.from] ?? 0) & facts.fresh) === 0)
        column(needed, asset.computation, states)[index - states.from] = 1
    seen = Math.max(seen, end)
  }
}

/** The needed partitions that cannot be made yet: they wait for something, or for one that does. */
export function blockedPartitions(evaluation: Evaluation, needed: Needed): Needed {
  const blocked: Columns = new Map()
  for (const computation of evaluation.graph.computations) {
    const own = needed.get(computation.name)
    const states = evaluation.states.get(computation.name)
    if (own === undefined || states === undefined) continue
    const held = own.map((each, at) =>
      ((states.facts[at] ?? 0) & facts.waits) !== 0 && each === 1 ? 1 : 0,
    )
    for (const reading of pastLast(readingsOf(evaluation.graph, computation))) {
      if (reading.asset.kind === "source") continue
      const upstream =
        reading.read.asset === undefined ? held : blocked.get(reading.asset.computation.name)
      if (upstream !== undefined && upstream.includes(1))
        markReaders(evaluation, reading, { own, marked: held, from: states.from, upstream })
    }
    if (held.includes(1)) blocked.set(computation.name, held)
  }
  return blocked
}

/** A computation's read of its own past after its other reads: a mark runs on along it. */
function pastLast(readings: readonly Reading[]): readonly Reading[] {
  return readings.toSorted(
    (a, b) => Number(a.read.asset === undefined) - Number(b.read.asset === undefined),
  )
}

interface Marking {
  /** The partitions that may be marked. */
  readonly own: Uint8Array
  readonly marked: Uint8Array
  readonly from: number
  /** The marked partitions of what is read. */
  readonly upstream: Uint8Array
}

/** Marks the partitions whose window holds a marked one. */
function markReaders(
  evaluation: Evaluation,
  reading: Reading,
  { own, marked, from, upstream }: Marking,
): void {
  if (reading.read.asset === undefined) {
    for (let at = 1; at < own.length; at += 1)
      if (own[at] === 1 && marked[at - 1] === 1) marked[at] = 1
    return
  }
  const extent = evaluation.extents.get(reading.asset.name)
  const counts = runningCount(upstream.length, (at) => upstream[at] === 1)
  if (extent === undefined || counts === undefined) return
  const reader = { from, to: from + own.length - 1 }
  const { first, last } = windowsOf(evaluation, reading, reader, extent)
  for (let at = 0; at < own.length; at += 1) {
    const [begin, end] = [(first[at] ?? 0) - extent.from, (last[at] ?? 0) + 1 - extent.from]
    if (own[at] === 1 && (counts[end] ?? 0) > (counts[begin] ?? 0)) marked[at] = 1
  }
}

/** What will be stale once the plan has been performed, because it reads what the plan makes and is not part of it: computation → partitions. */
export function staleAfter(
  evaluation: Evaluation,
  plan: Plan,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const changed: Columns = new Map()
  for (const { computation, ranges } of plan.work) {
    const states = evaluation.states.get(computation.name)
    if (states === undefined) continue
    for (const { from, to } of ranges)
      column(changed, computation, states).fill(1, from - states.from, to - states.from + 1)
  }
  const result = new Map<string, readonly PartitionRange[]>()
  for (const computation of evaluation.graph.computations) {
    const ranges = staleReaders(evaluation, computation, changed)
    if (ranges.length > 0) result.set(computation.name, ranges)
  }
  return result
}

function staleReaders(
  evaluation: Evaluation,
  computation: Computation,
  changed: Columns,
): readonly PartitionRange[] {
  const states = evaluation.states.get(computation.name)
  if (states === undefined) return []
  const planned = changed.get(computation.name)
  const kept = states.facts.map((bits) => ((bits & facts.made) !== 0 ? 1 : 0))
  const marked = planned?.slice() ?? new Uint8Array(kept.length)
  for (const reading of pastLast(readingsOf(evaluation.graph, computation))) {
    if (reading.asset.kind === "source") continue
    const upstream =
      reading.read.asset === undefined ? marked : changed.get(reading.asset.computation.name)
    if (upstream?.includes(1) !== true) continue
    markReaders(evaluation, reading, { own: kept, marked, from: states.from, upstream })
  }
  if (marked.includes(1)) changed.set(computation.name, marked)
  const stale = marked.map((each, at) => (each === 1 && planned?.[at] !== 1 ? 1 : 0))
  return rangesOfPlaces(stale, states.from, Boolean)
}
