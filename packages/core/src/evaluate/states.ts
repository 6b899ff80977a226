import type { AnyAsset, Asset, Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import type { Bitset } from "../partitions/bitset.ts"
import type { DeclaredVersions } from "./declared-versions.ts"
import { type Fingerprint, fingerprintContent, differenceAt } from "./fingerprint.ts"
import { type EvaluationInputs, getLandedVersion, getStablePartition } from "./inputs.ts"
import type {
  CheckVersion,
  EarlierMaterialization,
  MaterializationVersion,
  LedgerSnapshot,
} from "./ledger-snapshot.ts"

/** The facts of one partition, as bits. */
export const stateFlags = {
  /** Something is kept of it. */
  materialized: 1,
  /** Something kept was made from exactly what would be read now. */
  fresh: 2,
  /** Something that it reads is not known to be right. */
  unknown: 4,
  /** It cannot be made: a file or a whole window is not there, or rows that it reads fail their checks or stand on some that do. */
  blocked: 8,
  /** Its newest materialization was made by other code. */
  codeChanged: 16,
  /** It was tried with what would be read now, and failed. */
  failed: 32,
} as const

/** The judgement on one computation: its partitions are `from` and those after it. */
export interface ComputationStates {
  readonly from: number
  readonly length: number
  /** Where the first of them is in the columns that all computations share. */
  readonly start: number
  /** Whether every partition is fresh, and whether any waits. */
  readonly allFresh: boolean
  readonly anyBlocked: boolean
  /** Whether all that is kept was checked by the checks of today. */
  readonly allChecked: boolean
  /** The fresh partitions whose right rows are not the newest: partition → the earlier ones that are right. */
  readonly reverted: ReadonlyMap<number, EarlierMaterialization>
}

/** The whole state: every partition of every computation, as a pure function of declarations, landing zone and ledger. */
export interface Evaluation extends EvaluationInputs {
  readonly snapshot: LedgerSnapshot
  /** Computation → its number, which is its place in the flow. */
  readonly numbers: ReadonlyMap<string, number>
  /** By number of the computation: what its declaration comes to, and the judgement on its partitions. */
  readonly versions: readonly DeclaredVersions[]
  readonly states: readonly ComputationStates[]
  /** The facts of every partition, and marks for those that are not fresh: each computation's where its states say. */
  readonly flags: Uint8Array
  readonly stale: Bitset
}

/** The judgement on a computation; undefined for one that the graph does not have. */
export function findStates(
  { numbers, states }: Evaluation,
  computation: Computation,
): ComputationStates | undefined {
  return states[numbers.get(computation.name) ?? -1]
}

/** Version of a computation's code as it is declared now. */
export function findCodeVersion(
  evaluation: Evaluation,
  computation: Computation,
): string | undefined {
  return findVersions(evaluation, computation)?.code
}

/** Version of an asset's checks as they are declared now. */
function findDeclaredChecks(evaluation: Evaluation, asset: Asset): string | undefined {
  return findVersions(evaluation, asset.computation)?.checks[findOutputIndex(asset)]
}

function findVersions({ numbers, versions }: Evaluation, computation: Computation) {
  return versions[numbers.get(computation.name) ?? -1]
}

/** The place of an asset among the outputs of its computation. */
export function findOutputIndex({ name, computation }: Asset): number {
  return computation.outputs.findIndex(({ asset }) => asset === name)
}

/** What a partition's state is called. */
export type StateKind = "fresh" | "missing" | "stale" | "failed"

/** The facts of one partition; 0 for one that does not exist. */
export function stateFlagsAt(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): number {
  const states = findStates(evaluation, computation)
  if (states === undefined || index < states.from || index >= states.from + states.length) return 0
  return evaluation.flags[states.start + index - states.from] ?? 0
}

/** The name for a partition's facts. */
export function toStateKind(flags: number): StateKind {
  if ((flags & stateFlags.fresh) !== 0) return "fresh"
  if ((flags & stateFlags.failed) !== 0) return "failed"
  return (flags & stateFlags.materialized) === 0 ? "missing" : "stale"
}

/** Whether the newest rows of a partition are right. */
export function isFresh(evaluation: Evaluation, computation: Computation, index: number): boolean {
  return (stateFlagsAt(evaluation, computation, index) & stateFlags.fresh) !== 0
}

/** How many partitions are in each state, and how many of those that are not fresh wait for something. */
export interface StateCounts {
  readonly fresh: number
  readonly stale: number
  readonly missing: number
  readonly failed: number
  readonly blocked: number
}

/** Counts the states of a computation's partitions. */
export function countStates(evaluation: Evaluation, computation: Computation): StateCounts {
  const countByFlags = new Uint32Array(256)
  const { start, length } = findStates(evaluation, computation) ?? { start: 0, length: 0 }
  for (let at = start; at < start + length; at += 1) {
    const flags = evaluation.flags[at] ?? 0
    countByFlags[flags] = (countByFlags[flags] ?? 0) + 1
  }
  const counts = { fresh: 0, stale: 0, missing: 0, failed: 0, blocked: 0 }
  for (const [flags, count] of countByFlags.entries()) {
    counts[toStateKind(flags)] += count
    if (toStateKind(flags) !== "fresh" && (flags & stateFlags.blocked) !== 0)
      counts.blocked += count
  }
  return counts
}

/** The partitions whose facts satisfy `isMeant`, as ranges. */
export function listRangesWhere(
  evaluation: Evaluation,
  computation: Computation,
  matches: (flags: number) => boolean,
): readonly PartitionRange[] {
  const states = findStates(evaluation, computation)
  if (states === undefined) return []
  const matchByFlags = Array.from({ length: 256 }, (_, flags) => matches(flags))
  const { start, length } = states
  const column = evaluation.flags.subarray(start, start + length)
  return listPlaceRanges(column, states.from, (flags) => matchByFlags[flags] === true)
}

/** The places of a byte column that satisfy `isMeant`, as ranges of partitions; the first place is partition `from`. */
function listPlaceRanges(
  column: Uint8Array,
  from: number,
  matches: (value: number) => boolean,
): readonly PartitionRange[] {
  const ranges: PartitionRange[] = []
  let begin = -1
  for (let at = 0; at <= column.length; at += 1) {
    const isIn = at < column.length && matches(column[at] ?? 0)
    if (isIn && begin < 0) begin = at
    if (isIn || begin < 0) continue
    ranges.push({ from: from + begin, to: from + at - 1 })
    begin = -1
  }
  return ranges
}

/** Ascending indexes as the fewest ranges. */
export function toRanges(indexes: Iterable<number>): readonly PartitionRange[] {
  const ranges: { from: number; to: number }[] = []
  for (const index of indexes) {
    const last = ranges.at(-1)
    if (last !== undefined && index === last.to + 1) last.to = index
    else ranges.push({ from: index, to: index })
  }
  return ranges
}

/** By which code the rows of a partition that count now were made, and how their checks came out. */
function findVersion(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): MaterializationVersion | undefined {
  const revertedTo = findStates(evaluation, computation)?.reverted.get(index)
  if (revertedTo !== undefined) return revertedTo.version
  const history = evaluation.snapshot.histories.get(computation.name)
  const versionIndex = history?.versionIndex[index - history.from] ?? 0
  return history?.versions[versionIndex - 1]
}

/** How the checks of an asset came out on the rows of a partition that count now. */
export function findCheckVersion(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
): CheckVersion | undefined {
  return findVersion(evaluation, asset.computation, index)?.checks[findOutputIndex(asset)]
}

/** Whether the checks that ran last on the rows of a partition that count now are those of today. */
export function isChecked(evaluation: Evaluation, asset: Asset, index: number): boolean {
  const version = findCheckVersion(evaluation, asset, index)
  return version !== undefined && version.version === findDeclaredChecks(evaluation, asset)
}

/** Whether a partition is fresh and its rows fail an error check as it is declared now. */
export function failsChecks(evaluation: Evaluation, name: string, index: number): boolean {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || !isFresh(evaluation, asset.computation, index)) return false
  const version = findCheckVersion(evaluation, asset, index)
  return (
    version !== undefined &&
    version.failedErrors > 0 &&
    version.version === findDeclaredChecks(evaluation, asset)
  )
}

/** What the rows of a fresh partition were made from, by which they are found among what is kept; undefined when it is not fresh. */
export function findFreshInput(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): Fingerprint | undefined {
  if (!isFresh(evaluation, computation, index)) return undefined
  return findInput(evaluation, computation, index)
}

/** What the rows of a partition were made from: those that are right, or else the newest. */
export function findInput(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): Fingerprint | undefined {
  const revertedTo = findStates(evaluation, computation)?.reverted.get(index)
  if (revertedTo !== undefined) return revertedTo.input
  const history = evaluation.snapshot.histories.get(computation.name)
  if (history === undefined || (history.versionIndex[index - history.from] ?? 0) === 0)
    return undefined
  const at = index - history.from
  return { low: history.inputs.low[at] ?? 0, high: history.inputs.high[at] ?? 0 }
}

/** The content of a partition that is known to be right: landed, or fresh. */
export function findContent(
  evaluation: Evaluation,
  asset: AnyAsset,
  index: number,
): Fingerprint | undefined {
  if (asset.kind === "source") {
    const version = getLandedVersion(evaluation.landing, asset, index)
    return fingerprintContent(getStablePartition(asset.partitions, index), version)
  }
  if (!isFresh(evaluation, asset.computation, index)) return undefined
  const place = findOutputIndex(asset)
  const revertedTo = findStates(evaluation, asset.computation)?.reverted.get(index)
  if (revertedTo !== undefined) return revertedTo.outputs[place]
  const history = evaluation.snapshot.histories.get(asset.computation.name)
  const sums = history?.sums[place]
  return sums && differenceAt(sums, index - history.from)
}
