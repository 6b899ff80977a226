import type { AnyAsset, Computation } from "../declare/asset.ts"
import { partitionKey } from "../declare/partition.ts"
import type { ReadVersions } from "../execute/effects.ts"
import { outputsOf } from "../graph/graph.ts"
import { isWithin } from "../graph/mapping.ts"
import { type ReadRange, type World, landedVersion, readRanges, readVersions } from "./inputs.ts"
import type { Failure, Recorded, Snapshot } from "./snapshot.ts"
import {
  type Hash,
  type ParsedQueries,
  checksVersion,
  codeVersion,
  inputVersion,
} from "./version.ts"

/** Why a partition is not fresh. `upstream` means that something it reads will be made anew, and may come out different. */
export type Cause =
  | { readonly kind: "code" }
  | { readonly kind: "input"; readonly changed: readonly ChangedInput[] }
  | { readonly kind: "upstream"; readonly asset: string; readonly partitions: readonly number[] }

/** Partitions of one upstream whose content is not what was read. */
export interface ChangedInput {
  readonly asset: string
  readonly partitions: readonly number[]
}

/** What we know of one partition of a computation. */
export type Status =
  | { readonly kind: "fresh" }
  | {
      readonly kind: "missing"
      readonly waitsFor: string | undefined
      readonly causes: readonly Cause[]
    }
  | {
      readonly kind: "stale"
      readonly waitsFor: string | undefined
      readonly causes: readonly Cause[]
    }
  | {
      readonly kind: "failed"
      readonly waitsFor: string | undefined
      readonly causes: readonly Cause[]
      readonly failure: Failure
    }

/** The whole state: every partition of every computation, as a pure function of declarations, landing zone and ledger. */
export interface Evaluation extends World {
  readonly snapshot: Snapshot
  readonly codeVersions: ReadonlyMap<string, string>
  /** Asset → the partitions whose recorded rows fail an error check as it is declared now. */
  readonly unfit: ReadonlyMap<string, readonly number[]>
  /** Computation → partition → status. */
  readonly statuses: ReadonlyMap<string, ReadonlyMap<number, Status>>
}

const fresh: Status = { kind: "fresh" }

/** Judges every partition: fresh means that the newest materialization was made from exactly what would be read now. */
export function evaluate(
  world: World,
  snapshot: Snapshot,
  parsed: ParsedQueries,
  hash: Hash,
): Evaluation {
  const codeVersions = new Map(
    world.graph.computations.map((each) => [
      each.name,
      codeVersion(world.graph, each, parsed, hash),
    ]),
  )
  const statuses = new Map<string, Map<number, Status>>()
  const unfit = unfitPartitions(world, snapshot, hash)
  const evaluation: Evaluation = { ...world, snapshot, codeVersions, unfit, statuses }
  for (const computation of world.graph.computations) {
    const own = new Map<number, Status>()
    statuses.set(computation.name, own)
    const extent = world.extents.get(computation.outputs[0]?.asset ?? "")
    for (let index = extent?.from ?? 1; index <= (extent?.to ?? 0); index += 1)
      own.set(index, statusOf(evaluation, computation, index, hash))
  }
  return evaluation
}

function statusOf(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
  hash: Hash,
): Status {
  const ranges = readRanges(evaluation, computation, index)
  const upstream = staleUpstreams(evaluation, ranges)
  const waitsFor =
    ranges.find((range) => range.waitsFor !== undefined)?.waitsFor ??
    refusedRead(evaluation, ranges)
  const recorded = recordedOutputs(evaluation, computation, index)
  const code = evaluation.codeVersions.get(computation.name) ?? ""
  const versions = readVersions(ranges, currentVersion(evaluation))
  const input = versions && inputVersion(code, versions, hash)
  const failure = evaluation.snapshot.failures.get(computation.name)?.get(index)
  const failed = failure !== undefined && failure.inputVersion === input
  if (recorded === undefined) {
    const open = { waitsFor, causes: upstream }
    return failed ? { kind: "failed", ...open, failure } : { kind: "missing", ...open }
  }
  if (input !== undefined && recorded.every((record) => record.inputVersion === input)) return fresh
  const codeChanged = recorded.some((record) => record.codeVersion !== code)
  const causes: Cause[] = codeChanged ? [{ kind: "code" }, ...upstream] : [...upstream]
  if (causes.length === 0) causes.push({ kind: "input", changed: [] })
  const open = { waitsFor, causes }
  return failed ? { kind: "failed", ...open, failure } : { kind: "stale", ...open }
}

/** The first partition read that is fresh and fails today's error checks: nothing goes on from there. */
function refusedRead(evaluation: Evaluation, ranges: readonly ReadRange[]): string | undefined {
  for (const { asset, range } of ranges) {
    if (asset.kind === "source" || range === undefined) continue
    const statuses = evaluation.statuses.get(asset.computation.name)
    const found = evaluation.unfit
      .get(asset.name)
      ?.find((each) => isWithin(range, each) && statuses?.get(each)?.kind === "fresh")
    if (found !== undefined)
      return `${asset.name} ${partitionKey(asset.partitions, found)} to pass its checks`
  }
  return undefined
}

/** Asset → the partitions whose rows fail the checks of today. */
function unfitPartitions(
  { graph }: World,
  { materializations }: Snapshot,
  hash: Hash,
): ReadonlyMap<string, readonly number[]> {
  const unfit = new Map<string, readonly number[]>()
  for (const asset of graph.assets.values()) {
    if (asset.kind === "source") continue
    const records = [...(materializations.get(asset.name) ?? [])]
    const failed = records.filter(([, { failedErrors }]) => failedErrors > 0)
    if (failed.length === 0) continue
    const version = checksVersion(asset, hash)
    const now = failed.flatMap(([index, each]) => (each.checkVersion === version ? [index] : []))
    unfit.set(asset.name, now)
  }
  return unfit
}

/** The newest materialization of each output, or undefined when one of them was never made. */
export function recordedOutputs(
  evaluation: Pick<Evaluation, "graph" | "snapshot">,
  computation: Computation,
  index: number,
): readonly Recorded[] | undefined {
  const records: Recorded[] = []
  for (const { name } of outputsOf(evaluation.graph, computation)) {
    const record = evaluation.snapshot.materializations.get(name)?.get(index)
    if (record === undefined) return undefined
    records.push(record)
  }
  return records
}

/** The data version of a partition that is known to be right: landed, or fresh. */
export function currentVersion(evaluation: Evaluation) {
  return (asset: AnyAsset, index: number): string | undefined => {
    if (asset.kind === "source") return landedVersion(evaluation.landing, asset, index)
    const status = evaluation.statuses.get(asset.computation.name)?.get(index)
    if (status?.kind !== "fresh") return undefined
    return evaluation.snapshot.materializations.get(asset.name)?.get(index)?.dataVersion
  }
}

function staleUpstreams(evaluation: Evaluation, ranges: readonly ReadRange[]): Cause[] {
  const versionOf = currentVersion(evaluation)
  const causes = new Map<string, number[]>()
  for (const { asset, range } of ranges)
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1)
      if (versionOf(asset, index) === undefined)
        causes.set(asset.name, [...(causes.get(asset.name) ?? []), index])
  return [...causes].map(([asset, partitions]) => ({ kind: "upstream", asset, partitions }))
}

/** The status of a partition of an asset; a source's are always fresh. */
export function assetStatus(evaluation: Evaluation, asset: AnyAsset, index: number): Status {
  if (asset.kind === "source") return fresh
  const status = evaluation.statuses.get(asset.computation.name)?.get(index)
  return status ?? { kind: "missing", waitsFor: undefined, causes: [] }
}

/** Which inputs differ between what was read then and what would be read now. */
export function changedInputs(
  then: readonly ReadVersions[],
  now: readonly ReadVersions[],
): readonly ChangedInput[] {
  const names = [...new Set([...now, ...then].map((read) => read.relation))]
  return names.flatMap((relation) => {
    const [before, after] = [then, now].map((reads) => reads.find((r) => r.relation === relation))
    const old = new Map(before?.versions)
    const current = new Map(after?.versions)
    const indexes = [...new Set([...old.keys(), ...current.keys()])].toSorted((a, b) => a - b)
    const partitions = indexes.filter((index) => old.get(index) !== current.get(index))
    return partitions.length === 0
      ? []
      : [{ asset: (after ?? before)?.asset ?? relation, partitions }]
  })
}

/** What partition `index` would read now, as far as it is known. */
export function currentReads(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): readonly ReadVersions[] | undefined {
  return readVersions(readRanges(evaluation, computation, index), currentVersion(evaluation))
}
