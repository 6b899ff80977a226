import type { AnyAsset, Computation } from "../declare/declaration.ts"
import { formatLandingPath } from "../declare/landing-path.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { isWithin } from "../graph/mapping.ts"
import { formatStableRelation, getStableName } from "../graph/stable-name.ts"
import { listSetRanges } from "../partitions/bitset.ts"
import { toRanges } from "../partitions/range-algebra.ts"
import type { ReadVersions } from "../ports.ts"
import { type Blocker, joinBlockers } from "./blocker.ts"
import { type FailedRows, findFailedUpstream, formatFailedRows } from "./failed-checks.ts"
import { fingerprintContent } from "./fingerprint.ts"
import {
  type ReadRange,
  getLandedVersion,
  getStablePartition,
  listReadRanges,
  listStepRanges,
} from "./inputs.ts"
import type { Failure } from "./ledger-snapshot.ts"
import { findRemovedFile } from "./removed-inputs.ts"
import {
  type Evaluation,
  findContent,
  stateFlags,
  stateFlagsAt,
  toStateKind,
  findStates,
  type LostFileKind,
} from "./states.ts"

/** The cause of a partition that is not fresh. `upstream` means that upstream partitions will be rebuilt, possibly with other content. */
export type Cause =
  | { readonly kind: "code" }
  /** The file of its materialization cannot be read. */
  | { readonly kind: "file"; readonly file: LostFileKind }
  | { readonly kind: "input"; readonly changed: readonly ChangedInput[] }
  | {
      readonly kind: "upstream"
      readonly asset: string
      readonly partitions: readonly PartitionRange[]
    }

/** Partitions of one upstream whose content differs from the recorded inputs. */
export interface ChangedInput {
  readonly asset: string
  readonly partitions: readonly PartitionRange[]
}

/** The status of one partition of a computation, with its causes and blocker. */
export type Status =
  | { readonly kind: "fresh" }
  | {
      readonly kind: "missing"
      readonly blocker: Blocker | undefined
      readonly causes: readonly Cause[]
    }
  | {
      readonly kind: "stale"
      readonly blocker: Blocker | undefined
      readonly causes: readonly Cause[]
    }
  | {
      readonly kind: "failed"
      readonly blocker: Blocker | undefined
      readonly causes: readonly Cause[]
      readonly failure: Failure
    }

const freshStatus: Status = { kind: "fresh" }

/** The status of a partition of an asset; partitions of sources are always fresh. */
export function getAssetStatus(evaluation: Evaluation, asset: AnyAsset, index: number): Status {
  return asset.kind === "source" ? freshStatus : getStatus(evaluation, asset.computation, index)
}

/** The status of one partition of a computation, with its causes. */
export function getStatus(evaluation: Evaluation, computation: Computation, index: number): Status {
  const kind = toStateKind(stateFlagsAt(evaluation, computation, index))
  if (kind === "fresh") return freshStatus
  const flags = stateFlagsAt(evaluation, computation, index)
  const ranges = listStepRanges(evaluation, computation, index)
  const blocker =
    (flags & stateFlags.blocked) === 0
      ? undefined
      : (joinBlockers(ranges.flatMap((range) => range.blocker ?? [])) ??
        findRemovedBlocker(evaluation, computation, index) ??
        toCheckBlocker(findFailedUpstream(evaluation, { computation, partition: index })))
  const lostFile = evaluation.lostFiles?.get(computation.name)?.get(index)
  const causes: readonly Cause[] =
    lostFile === undefined
      ? listCauses(evaluation, flags, ranges)
      : [{ kind: "file", file: lostFile }, ...listStaleUpstreams(evaluation, ranges)]
  const failure = evaluation.snapshot.failures.get(computation.name)?.get(index)
  if (kind !== "failed") return { kind, blocker, causes }
  return failure === undefined
    ? { kind: "stale", blocker, causes }
    : { kind, blocker, causes, failure }
}

/** Finds the blocker of rows that cannot be recomputed, a file that is no longer landed; undefined for other rows. */
export function findRemovedBlocker(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
): Blocker | undefined {
  const file = findRemovedFile(evaluation, computation, index)
  if (file === undefined) return undefined
  const { name, partitions, path } = file.source
  const text = `${formatLandingPath(path, partitions, file.partition)} (${name}), which is no longer landed`
  return { kind: "unusable", text }
}

function toCheckBlocker(rows: FailedRows | undefined): Blocker | undefined {
  return rows && { kind: "unusable", text: `failed checks of ${formatFailedRows(rows)}` }
}

function listCauses(evaluation: Evaluation, flags: number, ranges: readonly ReadRange[]): Cause[] {
  const causes: Cause[] = (flags & stateFlags.codeChanged) === 0 ? [] : [{ kind: "code" }]
  causes.push(...listStaleUpstreams(evaluation, ranges))
  if (causes.length === 0 && (flags & stateFlags.materialized) !== 0)
    causes.push({ kind: "input", changed: [] })
  return causes
}

function listStaleUpstreams(evaluation: Evaluation, ranges: readonly ReadRange[]): Cause[] {
  const causes = new Map<string, readonly PartitionRange[]>()
  for (const { asset, range } of ranges) {
    if (asset.kind === "source" || range === undefined) continue
    const states = findStates(evaluation, asset.computation)
    if (states === undefined) continue
    const { from, to } = range
    const slice = { bits: evaluation.stale, start: states.start + from - states.from }
    const stale = listSetRanges({ ...slice, length: to - from + 1 }, from)
    if (stale.length > (causes.get(asset.name)?.length ?? 0)) causes.set(asset.name, stale)
  }
  return [...causes].map(([asset, partitions]) => ({ kind: "upstream", asset, partitions }))
}

/** Lists the inputs of a partition that differ from its recorded reads, among the inputs that are fresh. */
export function listChangedInputs(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
  recordedReads: readonly ReadVersions[],
): readonly ChangedInput[] {
  const changed = new Map<string, Set<number>>()
  for (const reading of listReadRanges(evaluation, computation, index)) {
    const { asset, range, removed, pinned } = reading
    const removedPartitions = new Set(removed.map(([partition]) => partition))
    const recordedVersions = new Map(
      recordedReads.find(({ relation }) => relation === formatStableRelation(reading))?.versions ??
        [],
    )
    const places = changed.get(asset.name) ?? new Set()
    changed.set(asset.name, places)
    if (pinned !== undefined) continue
    for (const [partition] of recordedVersions)
      if (!removedPartitions.has(partition) && !(range && isWithin(range, partition)))
        places.add(partition)
    for (let partition = range?.from ?? 1; partition <= (range?.to ?? 0); partition += 1)
      if (hasChangedContent(evaluation, asset, partition, recordedVersions.get(partition)))
        places.add(partition)
  }
  const current = new Set([...changed.keys()].flatMap((name) => listStableNames(evaluation, name)))
  for (const { asset, versions } of recordedReads)
    if (!current.has(asset)) changed.set(asset, new Set(versions.map(([partition]) => partition)))
  return [...changed].flatMap(([asset, places]) =>
    places.size === 0
      ? []
      : [{ asset, partitions: toRanges([...places].toSorted((a, b) => a - b)) }],
  )
}

function listStableNames({ graph }: Evaluation, name: string): readonly string[] {
  const asset = graph.assets.get(name)
  return asset === undefined ? [] : [getStableName(graph, asset)]
}

function hasChangedContent(
  evaluation: Evaluation,
  asset: AnyAsset,
  index: number,
  recordedVersion: string | undefined,
): boolean {
  if (recordedVersion === undefined) return true
  if (asset.kind === "source")
    return getLandedVersion(evaluation.landing, asset, index) !== recordedVersion
  const currentContent = findContent(evaluation, asset, index)
  const recordedContent = fingerprintContent(
    getStablePartition(asset.partitions, index),
    recordedVersion,
  )
  return (
    currentContent !== undefined &&
    (currentContent.low !== recordedContent.low || currentContent.high !== recordedContent.high)
  )
}
