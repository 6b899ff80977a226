import type { AnyAsset, Asset, Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type Fingerprint, contentFingerprint, summandAt } from "../fingerprint.ts"
import type { Bits } from "./bits.ts"
import { type World, landedVersion, lastingPartition } from "./inputs.ts"
import type { CheckMark, EarlierMade, Mark, Snapshot } from "./snapshot.ts"
import type { Versions } from "./version.ts"

/** The facts of one partition, as bits. */
export const facts = {
  /** Something is kept of it. */
  made: 1,
  /** Something kept was made from exactly what would be read now. */
  fresh: 2,
  /** Something that it reads is not known to be right. */
  unknown: 4,
  /** It cannot be made: a file or a whole window is not there, or rows that it reads fail their checks or stand on some that do. */
  waits: 8,
  /** Its newest materialization was made by other code. */
  code: 16,
  /** It was tried with what would be read now, and failed. */
  failed: 32,
} as const

/** The judgement on one computation: its partitions are `from` and those after it. */
export interface States {
  readonly from: number
  readonly length: number
  /** Where the first of them is in the columns that all computations share. */
  readonly start: number
  /** Whether every partition is fresh, and whether any waits. */
  readonly allFresh: boolean
  readonly anyWaits: boolean
  /** Whether all that is kept was checked by the checks of today. */
  readonly allChecked: boolean
  /** The fresh partitions whose right rows are not the newest: partition → the earlier ones that are right. */
  readonly restored: ReadonlyMap<number, EarlierMade>
}

/** The whole state: every partition of every computation, as a pure function of declarations, landing zone and ledger. */
export interface Evaluation extends World {
  readonly snapshot: Snapshot
  /** Computation → its number, which is its place in the flow. */
  readonly numbers: ReadonlyMap<string, number>
  /** By number of the computation: what its declaration comes to, and the judgement on its partitions. */
  readonly versions: readonly Versions[]
  readonly states: readonly States[]
  /** The facts of every partition, and marks for those that are not fresh: each computation's where its states say. */
  readonly facts: Uint8Array
  readonly stale: Bits
}

/** The judgement on a computation; undefined for one that the graph does not have. */
export function statesOf(
  { numbers, states }: Evaluation,
  computation: Computation,
): States | undefined {
  return states[numbers.get(computation.name) ?? -1]
}

/** Version of a computation's code as it is declared now. */
export function codeVersionOf(
  evaluation: Evaluation,
  computation: Computation,
): string | undefined {
  return versionsIn(evaluation, computation)?.code
}

/** Version of an asset's checks as they are declared now. */
function checkVersionOf(evaluation: Evaluation, asset: Asset): string | undefined {
  return versionsIn(evaluation, asset.computation)?.checks[outputOf(asset)]
}

function versionsIn({ numbers, versions }: Evaluation, computation: Computation) {
  return versions[numbers.get(computation.name) ?? -1]
}

/** The place of an asset among the outputs of its computation. */
export function outputOf({ name, computation }: Asset): number {
  return computation.outputs.findIndex(({ asset }) => asset === name)
}

/** What a partition's state is called. */
export type StateKind = "fresh" | "missing" | "stale" | "failed"

/** The facts of one partition; 0 for one that does not exist. */
export function factsAt(evaluation: Evaluation, computation: Computation, index: number): number {
  const states = statesOf(evaluation, computation)
  if (states === undefined || index < states.from || index >= states.from + states.length) return 0
  return evaluation.facts[states.start + index - states.from] ?? 0
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
  const { start, length } = statesOf(evaluation, computation) ?? { start: 0, length: 0 }
  for (let at = start; at < start + length; at += 1) {
    const bits = evaluation.facts[at] ?? 0
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
  const states = statesOf(evaluation, computation)
  if (states === undefined) return []
  const meant = Array.from({ length: 256 }, (_, bits) => isMeant(bits))
  const { start, length } = states
  const column = evaluation.facts.subarray(start, start + length)
  return rangesOfPlaces(column, states.from, (bits) => meant[bits] === true)
}

/** The places of a byte column that satisfy `isMeant`, as ranges of partitions; the first place is partition `from`. */
function rangesOfPlaces(
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
  const restored = statesOf(evaluation, computation)?.restored.get(index)
  if (restored !== undefined) return restored.mark
  const timeline = evaluation.snapshot.timelines.get(computation.name)
  const mark = timeline?.mark[index - timeline.from] ?? 0
  return timeline?.marks[mark - 1]
}

/** How the checks of an asset came out on the rows of a partition that count now. */
export function checkMarkAt(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
): CheckMark | undefined {
  return markAt(evaluation, asset.computation, index)?.checks[outputOf(asset)]
}

/** Whether the checks that ran last on the rows of a partition that count now are those of today. */
export function isChecked(evaluation: Evaluation, asset: Asset, index: number): boolean {
  const mark = checkMarkAt(evaluation, asset, index)
  return mark !== undefined && mark.version === checkVersionOf(evaluation, asset)
}

/** Whether a partition is fresh and its rows fail an error check as it is declared now. */
export function isUnfit(evaluation: Evaluation, name: string, index: number): boolean {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || !isFresh(evaluation, asset.computation, index)) return false
  const check = checkMarkAt(evaluation, asset, index)
  return (
    check !== undefined &&
    check.failedErrors > 0 &&
    check.version === checkVersionOf(evaluation, asset)
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
  const restored = statesOf(evaluation, computation)?.restored.get(index)
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
  const place = outputOf(asset)
  const restored = statesOf(evaluation, asset.computation)?.restored.get(index)
  if (restored !== undefined) return restored.outputs[place]
  const timeline = evaluation.snapshot.timelines.get(asset.computation.name)
  const sums = timeline?.sums[place]
  return sums && summandAt(sums, index - timeline.from)
}
