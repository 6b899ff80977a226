import type { AnyAsset, Asset, Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import type { Bitset } from "../partitions/bitset.ts"
import { getCheckVersion } from "./check-version.ts"
import type { DeclaredVersions } from "./declared-versions.ts"
import { type Fingerprint, type Lanes, fingerprintContent, differenceAt } from "./fingerprint.ts"
import { type EvaluationInputs, getLandedVersion, getStablePartition } from "./inputs.ts"
import type {
  CheckVersion,
  EarlierMaterialization,
  MaterializationVersion,
  LedgerSnapshot,
} from "./ledger-snapshot.ts"

/** The state of one partition, as bits. */
export const stateFlags = {
  /** It has a retained materialization. */
  materialized: 1,
  /** A retained materialization has its current code and inputs. */
  fresh: 2,
  /** One of its inputs is not fresh. */
  unknown: 4,
  /** It cannot be materialized: a file or part of a required window is missing, or rows upstream fail a check. */
  blocked: 8,
  /** Its newest materialization has another code version. */
  codeChanged: 16,
  /** Its last attempt failed with the current inputs. */
  failed: 32,
  /** Its rows were computed from a file that is no longer landed: they cannot be recomputed. */
  sourceRemoved: 64,
} as const

/** The evaluation of one computation: its partitions are the `length` ones from `from` on. */
export interface ComputationStates {
  readonly from: number
  readonly length: number
  /** The place of the first partition in the columns of the evaluation. */
  readonly start: number
  /** True when every partition is fresh, and when any is blocked. */
  readonly allFresh: boolean
  readonly anyBlocked: boolean
  /** True when the current checks ran on every retained materialization. */
  readonly allChecked: boolean
  /** The fresh partitions whose current rows are not the newest: partition → the earlier materialization. */
  readonly reverted: ReadonlyMap<number, EarlierMaterialization>
  /** Output → input fingerprints of its checks, one per partition; undefined when its checks read nothing but its rows and inputs. */
  readonly checkInputs: readonly (Lanes | undefined)[]
}

/** The reason why a materialization is excluded from an evaluation: its file is missing or damaged, or it was materialized from a damaged file. */
export type LostFileKind = "missing" | "damaged" | "read_damaged"

/** Computation → partition → the reason why its materialization is excluded. */
export type LostFiles = ReadonlyMap<string, ReadonlyMap<number, LostFileKind>>

/** The state of every partition of every computation: a pure function of declarations, landing zone and ledger. */
export interface Evaluation extends EvaluationInputs {
  readonly snapshot: LedgerSnapshot
  /** Computation → its number, its place in topological order. */
  readonly numbers: ReadonlyMap<string, number>
  /** By number of the computation: the versions of its declaration, and the states of its partitions. */
  readonly versions: readonly DeclaredVersions[]
  readonly states: readonly ComputationStates[]
  /** The columns of all partitions: their state flags, and the set of partitions that are not fresh. `ComputationStates.start` is a computation's first place. */
  readonly flags: Uint8Array
  readonly stale: Bitset
  /** The excluded materializations whose files cannot be read; absent when there are none. */
  readonly lostFiles?: LostFiles
  /** Published asset → partition in its table → data version of the asset's fresh rows; present in a proven evaluation. */
  readonly publishedVersions?: ReadonlyMap<string, ReadonlyMap<number, string>>
}

/** The states of a computation; undefined for a computation that is not in the graph. */
export function findStates(
  { numbers, states }: Evaluation,
  computation: Computation,
): ComputationStates | undefined {
  return states[numbers.get(computation.name) ?? -1]
}

/** The version of a computation's declared code. */
export function findCodeVersion(
  evaluation: Evaluation,
  computation: Computation,
): string | undefined {
  return findVersions(evaluation, computation)?.code
}

/** The version of the rules of an asset's checks. */
export function findCheckRules(evaluation: Evaluation, asset: Asset): string | undefined {
  return findVersions(evaluation, asset.computation)?.checks[findOutputIndex(asset)]
}

/** The version of an asset's current checks on one partition. */
function findCurrentChecks(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
): string | undefined {
  const rules = findCheckRules(evaluation, asset)
  const states = findStates(evaluation, asset.computation)
  if (rules === undefined || states === undefined) return rules
  return getCheckVersion(rules, states.checkInputs[findOutputIndex(asset)], index - states.from)
}

function findVersions({ numbers, versions }: Evaluation, computation: Computation) {
  return versions[numbers.get(computation.name) ?? -1]
}

/** The place of an asset among the outputs of its computation. */
export function findOutputIndex({ name, computation }: Asset): number {
  return computation.outputs.findIndex(({ asset }) => asset === name)
}

/** The name of a partition's state. */
export type StateKind = "fresh" | "missing" | "stale" | "failed"

/** The state flags of one partition; 0 for a partition that does not exist. */
export function stateFlagsAt(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): number {
  const states = findStates(evaluation, computation)
  if (states === undefined || index < states.from || index >= states.from + states.length) return 0
  return evaluation.flags[states.start + index - states.from] ?? 0
}

/** Converts state flags to the name of the state. */
export function toStateKind(flags: number): StateKind {
  if ((flags & stateFlags.fresh) !== 0) return "fresh"
  if ((flags & stateFlags.failed) !== 0) return "failed"
  return (flags & stateFlags.materialized) === 0 ? "missing" : "stale"
}

/** Tests whether a partition is fresh. */
export function isFresh(evaluation: Evaluation, computation: Computation, index: number): boolean {
  return (stateFlagsAt(evaluation, computation, index) & stateFlags.fresh) !== 0
}

/** The number of partitions in each state, and of blocked partitions among the ones that are not fresh. */
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
  for (let flags = 0; flags < countByFlags.length; flags += 1) {
    const count = countByFlags[flags] ?? 0
    if (count === 0) continue
    counts[toStateKind(flags)] += count
    if (toStateKind(flags) !== "fresh" && (flags & stateFlags.blocked) !== 0)
      counts.blocked += count
  }
  return counts
}

/** Lists the partitions whose state flags match, as ranges. */
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

/** Lists the places of a byte column that match, as ranges of partitions; the first place is partition `from`. */
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

/** Finds the code and check versions of a partition's current rows. */
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

/** Finds the results of an asset's checks on the current rows of a partition. */
export function findCheckVersion(
  evaluation: Evaluation,
  asset: Asset,
  index: number,
): CheckVersion | undefined {
  return findVersion(evaluation, asset.computation, index)?.checks[findOutputIndex(asset)]
}

/** Tests whether the current checks ran on the current rows of a partition. */
export function isChecked(evaluation: Evaluation, asset: Asset, index: number): boolean {
  const version = findCheckVersion(evaluation, asset, index)
  return version !== undefined && version.version === findCurrentChecks(evaluation, asset, index)
}

/** Tests whether a partition is fresh and its rows fail a current error check. */
export function failsChecks(evaluation: Evaluation, name: string, index: number): boolean {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || !isFresh(evaluation, asset.computation, index)) return false
  const version = findCheckVersion(evaluation, asset, index)
  return (
    version !== undefined &&
    version.failedErrors > 0 &&
    version.version === findCurrentChecks(evaluation, asset, index)
  )
}

/** The input fingerprint of a fresh partition's rows, which identifies their record; undefined when it is not fresh. */
export function findFreshInput(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): Fingerprint | undefined {
  if (!isFresh(evaluation, computation, index)) return undefined
  return findInput(evaluation, computation, index)
}

/** The input fingerprint of a partition's fresh rows, or else of its newest rows. */
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

/** The content fingerprint of a landed or fresh partition; undefined when it is not fresh. */
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
