import type { AnyAsset, Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type Fingerprint, contentFingerprint } from "../fingerprint.ts"
import { type World, landedVersion, lastingPartition } from "./inputs.ts"
import type { EarlierMade, Mark, Snapshot } from "./snapshot.ts"

/** The facts of one partition, as bits. */
export const facts = {
  /** Something is kept of it. */
  made: 1,
  /** Something kept was made from exactly what would be read now. */
  fresh: 2,
  /** Something that it reads is not known to be right. */
  unknown: 4,
  /** It cannot be made: a file or a whole window is not there, or rows that it reads fail their checks. */
  waits: 8,
  /** Its newest materialization was made by other code. */
  code: 16,
  /** It was tried with what would be read now, and failed. */
  failed: 32,
} as const

/** The judgement on every partition of one computation; element `at` stands for partition `from + at`. */
export interface States {
  readonly from: number
  readonly facts: Uint8Array
  /** The facts of any partition. */
  readonly some: number
  /** The facts of every partition. */
  readonly every: number
  /** The fresh partitions whose right rows are not the newest: partition → the earlier ones that are right. */
  readonly restored: ReadonlyMap<number, EarlierMade>
}

/** The whole state: every partition of every computation, as a pure function of declarations, landing zone and ledger. */
export interface Evaluation extends World {
  readonly snapshot: Snapshot
  readonly codeVersions: ReadonlyMap<string, string>
  /** Asset → version of its checks as they are declared now. */
  readonly checkVersions: ReadonlyMap<string, string>
  /** Computation → the judgement on its partitions. */
  readonly states: ReadonlyMap<string, States>
}

/** What a partition's state is called. */
export type StateKind = "fresh" | "missing" | "stale" | "failed"

/** The facts of one partition; 0 for one that does not exist. */
export function factsAt(evaluation: Evaluation, computation: Computation, index: number): number {
  const states = evaluation.states.get(computation.name)
  return states?.facts[index - states.from] ?? 0
}

/** The name for a partition's facts. */
export function stateKind(bits: number): StateKind {
  if ((bits & facts.fresh) !== 0) return "fresh"
  if ((bits & facts.failed) !== 0) return "failed"
  return (bits & facts.made) === 0 ? "missing" : "stale"
}

/** Whether the newest rows of a partition are right. */
export function isFresh(evaluation: Evaluation, computation: Computation, index: number): boolean {
  return (factsAt(evaluation, computation, index) & facts.fresh) !== 0
}

/** How many partitions are in each state, and how many of those that are not fresh wait for something. */
export interface StateCounts {
  readonly fresh: number
  readonly stale: number
  readonly missing: number
  readonly failed: number
  readonly waiting: number
}

/** Counts the states of a computation's partitions. */
export function countStates(evaluation: Evaluation, computation: Computation): StateCounts {
  const byBits = new Uint32Array(256)
  const column = evaluation.states.get(computation.name)?.facts ?? new Uint8Array(0)
  for (let at = 0; at < column.length; at += 1) {
    const bits = column[at] ?? 0
    byBits[bits] = (byBits[bits] ?? 0) + 1
  }
  const counts = { fresh: 0, stale: 0, missing: 0, failed: 0, waiting: 0 }
  for (const [bits, count] of byBits.entries()) {
    counts[stateKind(bits)] += count
    if (stateKind(bits) !== "fresh" && (bits & facts.waits) !== 0) counts.waiting += count
  }
  return counts
}

/** The partitions whose facts satisfy `isMeant`, as ranges. */
export function rangesWhere(
  evaluation: Evaluation,
  computation: Computation,
  isMeant: (bits: number) => boolean,
): readonly PartitionRange[] {
  const states = evaluation.states.get(computation.name)
  if (states === undefined) return []
  const meant = Array.from({ length: 256 }, (_, bits) => isMeant(bits))
  return rangesOfPlaces(states.facts, states.from, (bits) => meant[bits] === true)
}

/** The places of a byte column that satisfy `isMeant`, as ranges of partitions; the first place is partition `from`. */
export function rangesOfPlaces(
  column: Uint8Array,
  from: number,
  isMeant: (value: number) => boolean,
): readonly PartitionRange[] {
  const ranges: PartitionRange[] = []
  let begin = -1
  for (let at = 0; at <= column.length; at += 1) {
    const isIn = at < column.length && isMeant(column[at] ?? 0)
    if (isIn && begin < 0) begin = at
    if (isIn || begin < 0) continue
    ranges.push({ from: from + begin, to: from + at - 1 })
    begin = -1
  }
  return ranges
}

/** The places of a column of zeros and ones that hold a one, as ranges of partitions. */
export function rangesOfOnes(column: Uint8Array, from: number): readonly PartitionRange[] {
  const ranges: PartitionRange[] = []
  let begin = column.indexOf(1)
  while (begin >= 0) {
    let end = begin + 1
    while (column[end] === 1) end += 1
    ranges.push({ from: from + begin, to: from + end - 1 })
    begin = column.indexOf(1, end)
  }
  return ranges
}

/** Ascending indexes as the fewest ranges. */
export function rangesOf(indexes: Iterable<number>): readonly PartitionRange[] {
  const ranges: { from: number; to: number }[] = []
  for (const index of indexes) {
    const last = ranges.at(-1)
    if (last !== undefined && index === last.to + 1) last.to = index
    else ranges.push({ from: index, to: index })
  }
  return ranges
}

/** By which code the rows of a partition that count now were made, and how their checks came out. */
function markAt(evaluation: Evaluation, computation: Computation, index: number): Mark | undefined {
  const restored = evaluation.states.get(computation.name)?.restored.get(index)
  if (restored !== undefined) return restored.mark
  const timeline = evaluation.snapshot.timelines.get(computation.name)
  const mark = timeline?.mark[index - timeline.from] ?? 0
  return timeline?.marks[mark - 1]
}

/** How the checks of an asset came out on the rows of a partition that count now. */
export function checkMarkAt(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
  asset: string,
) {
  const place = computation.outputs.findIndex((output) => output.asset === asset)
  return markAt(evaluation, computation, index)?.checks[place]
}

/** Whether the checks that ran last on the rows of a partition that count now are those of today. */
export function isChecked(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
  asset: string,
): boolean {
  const mark = checkMarkAt(evaluation, computation, index, asset)
  return mark !== undefined && mark.version === evaluation.checkVersions.get(asset)
}

/** Whether a partition is fresh and its rows fail an error check as it is declared now. */
export function isUnfit(evaluation: Evaluation, name: string, index: number): boolean {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || !isFresh(evaluation, asset.computation, index)) return false
  const check = checkMarkAt(evaluation, asset.computation, index, name)
  return (
    check !== undefined &&
    check.failedErrors > 0 &&
    check.version === evaluation.checkVersions.get(name)
  )
}

/** What the rows of a fresh partition were made from, by which they are found among what is kept; undefined when it is not fresh. */
export function freshInput(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): Fingerprint | undefined {
  if (!isFresh(evaluation, computation, index)) return undefined
  return madeFrom(evaluation, computation, index)
}

/** What the rows of a partition were made from: those that are right, or else the newest. */
export function madeFrom(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): Fingerprint | undefined {
  const restored = evaluation.states.get(computation.name)?.restored.get(index)
  if (restored !== undefined) return restored.input
  const timeline = evaluation.snapshot.timelines.get(computation.name)
  if (timeline === undefined || (timeline.mark[index - timeline.from] ?? 0) === 0) return undefined
  const at = index - timeline.from
  return { low: timeline.inputs.low[at] ?? 0, high: timeline.inputs.high[at] ?? 0 }
}

/** The content of a partition that is known to be right: landed, or fresh. */
export function contentAt(
  evaluation: Evaluation,
  asset: AnyAsset,
  index: number,
): Fingerprint | undefined {
  if (asset.kind === "source") {
    const version = landedVersion(evaluation.landing, asset, index)
    return contentFingerprint(lastingPartition(asset.partitions, index), version)
  }
  if (!isFresh(evaluation, asset.computation, index)) return undefined
  const place = asset.computation.outputs.findIndex((output) => output.asset === asset.name)
  const restored = evaluation.states.get(asset.computation.name)?.restored.get(index)
  if (restored !== undefined) return restored.outputs[place]
  const timeline = evaluation.snapshot.timelines.get(asset.computation.name)
  const lanes = timeline?.outputs[place]
  const at = index - (timeline?.from ?? 0)
  return lanes && { low: lanes.low[at] ?? 0, high: lanes.high[at] ?? 0 }
}
