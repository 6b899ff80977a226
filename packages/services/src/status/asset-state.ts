import type { AnyAsset, Asset, SourceAsset } from "@freshet/core"
import {
  countStates,
  type Evaluation,
  findAwaitedFiles,
  formatPartitionKey,
  getAssetStatus,
  getPartitionNoun,
  type HasState,
  listRangesWhere,
  type MaterializationRecord,
  type PartitionRange,
  type StateCounts,
  type StateKind,
  type Status,
  toStateKind,
  findLandedRange,
  isTimed,
} from "@freshet/core/engine"

import type { AssetPartitions } from "../asset-partitions.ts"
import { excludeLostFiles } from "../lost-files.ts"
import {
  findNewestMaterialization,
  readCurrentRecords,
  findRecord,
} from "../materialization-records.ts"
import type { Project } from "../project.ts"
import { createFailedUpstreamFinder } from "./failed-upstream.ts"
import { type Overdue, findOverdue } from "./overdue.ts"

/** The state of an asset: its newest partition, and the number of partitions in each state. */
export interface AssetState {
  readonly name: string
  readonly group: string
  readonly kind: "source" | "sql" | "code"
  readonly partitioned: boolean
  /** The name of one partition: `day`. */
  readonly noun: string
  /** Key of the newest partition that exists; of a set of keys, the first in the worst state. */
  readonly newest: string | undefined
  /** That partition's status; undefined for a source. */
  readonly status: Status | undefined
  readonly partitions: PartitionCounts
  readonly rows: number | undefined
  readonly bytes: number | undefined
  readonly materializedMs: number | undefined
  readonly overdue: (Overdue & { readonly partitionKey: string }) | undefined
  /** The failed asset upstream that keeps the representing partition from being materialized. */
  readonly failedUpstream: string | undefined
  readonly failedErrors: number
  readonly failedWarnings: number
}

export interface PartitionCounts extends StateCounts {
  readonly total: number
}

/** Reads the states of some assets, and the project without the materializations whose files are missing. */
export async function readAssetStates(
  initialProject: Project,
  assets: readonly AnyAsset[],
): Promise<{ readonly project: Project; readonly states: readonly AssetState[] }> {
  let project = initialProject
  for (let evaluation: Evaluation | undefined; evaluation !== project.evaluation;) {
    ;({ evaluation } = project)
    project = await excludeLostFiles(project, listRepresentatives(evaluation, assets))
  }
  const representatives = [...listRepresentatives(project.evaluation, assets)]
  const records = await readCurrentRecords(
    project,
    representatives.flatMap(([asset, ranges]) =>
      ranges.map(({ to }) => ({ asset, partition: to })),
    ),
  )
  const findFailed = createFailedUpstreamFinder(project.evaluation)
  const states = assets.map((asset) => {
    const partition = findRepresentative(project.evaluation, asset)
    const record =
      partition === undefined ? undefined : findRecord(records, { asset: asset.name, partition })
    const failedUpstream =
      asset.kind === "source" || partition === undefined ? undefined : findFailed(asset, partition)
    const inputs = { nowMs: project.nowMs, record, failedUpstream }
    return buildAssetState(project.evaluation, asset, inputs)
  })
  return { project, states }
}

/** Lists the partition that represents each asset. */
export function listRepresentatives(
  evaluation: Evaluation,
  assets: readonly AnyAsset[],
): AssetPartitions {
  const ranges = new Map<string, readonly PartitionRange[]>()
  for (const asset of assets) {
    const partition = asset.kind === "source" ? undefined : findRepresentative(evaluation, asset)
    if (partition !== undefined) ranges.set(asset.name, [{ from: partition, to: partition }])
  }
  return ranges
}

const worstFirst: readonly StateKind[] = ["failed", "stale", "missing"]

/** Finds the partition that represents an asset: the newest; of static keys, the first in the worst state. */
export function findRepresentative(evaluation: Evaluation, asset: AnyAsset): number | undefined {
  const bounds = evaluation.bounds.get(asset.name)
  if (asset.kind === "source" || asset.partitions.kind !== "static") return bounds?.to
  for (const kind of worstFirst) {
    const [range] = listRangesWhere(
      evaluation,
      asset.computation,
      (bits) => toStateKind(bits) === kind,
    )
    if (range !== undefined) return range.from
  }
  return bounds?.to
}

/** The record of the partition that represents an asset, and the current time. */
interface StateInputs {
  readonly nowMs: number
  readonly record: MaterializationRecord | undefined
  readonly failedUpstream: string | undefined
}

/** Builds the state of one asset or source. */
function buildAssetState(evaluation: Evaluation, asset: AnyAsset, inputs: StateInputs): AssetState {
  return asset.kind === "source"
    ? buildSourceState(evaluation, asset)
    : buildMaterializedState(evaluation, asset, inputs)
}

function buildSourceState({ landing, bounds }: Evaluation, source: SourceAsset): AssetState {
  const landed = landing.get(source.name)
  const sourceBounds = bounds.get(source.name)
  const landedRange =
    sourceBounds && isTimed(source.partitions)
      ? findLandedRange(landing, source.name, sourceBounds)
      : sourceBounds
  const total = landed?.size ?? 0
  let bytes = 0
  for (const { files } of landed?.values() ?? []) for (const file of files) bytes += file.bytes
  return {
    ...buildCommonState(source),
    kind: "source",
    newest: landedRange && formatPartitionKey(source.partitions, landedRange.to),
    status: undefined,
    partitions: { total, fresh: total, stale: 0, missing: 0, failed: 0, blocked: 0 },
    rows: undefined,
    bytes,
    materializedMs: undefined,
    overdue: undefined,
    failedUpstream: undefined,
    failedErrors: 0,
    failedWarnings: 0,
  }
}

function buildCommonState({ name, group, partitions }: AnyAsset) {
  const partitioned = partitions.kind !== "none"
  return { name, group, partitioned, noun: getPartitionNoun(partitions) }
}

function buildMaterializedState(
  evaluation: Evaluation,
  asset: Asset,
  { nowMs, record, failedUpstream }: StateInputs,
): AssetState {
  const representative = findRepresentative(evaluation, asset)
  const counts = countStates(evaluation, asset.computation)
  const overdue = findOverdueAsset(evaluation, asset, nowMs)
  return {
    ...buildCommonState(asset),
    kind: asset.computation.kind,
    newest:
      representative === undefined
        ? undefined
        : formatPartitionKey(asset.partitions, representative),
    status: getRepresentativeStatus(evaluation, asset),
    partitions: {
      total: counts.fresh + counts.stale + counts.missing + counts.failed,
      ...counts,
    },
    rows: record?.rows,
    bytes: record?.bytes,
    materializedMs: record?.atMs,
    overdue: overdue && {
      ...overdue,
      partitionKey: formatPartitionKey(asset.partitions, overdue.partition),
    },
    failedUpstream,
    failedErrors: record?.failedErrors ?? 0,
    failedWarnings: record?.failedWarnings ?? 0,
  }
}

function getRepresentativeStatus(evaluation: Evaluation, asset: Asset): Status {
  const representative = findRepresentative(evaluation, asset)
  return representative === undefined
    ? { kind: "missing", blocker: findAwaitedFiles(evaluation, asset), causes: [] }
    : getAssetStatus(evaluation, asset, representative)
}

/** Finds the first partition after the newest materialized one whose deadline has passed. */
export function findOverdueAsset(
  evaluation: Evaluation,
  asset: Asset,
  nowMs: number,
): Overdue | undefined {
  const newestPartition = findNewestMaterialization(evaluation, asset.name)
  const firstMissing =
    newestPartition === undefined ? evaluation.bounds.get(asset.name)?.from : newestPartition + 1
  return firstMissing === undefined ? undefined : findOverdue(asset, firstMissing, nowMs)
}

/** Creates the predicate of `status:` and `stale:` in a selection; `overdue` depends on the clock, the others on the representative partition. */
export function createStatePredicate(evaluation: Evaluation, nowMs: number): HasState {
  return (asset, attribute, value) => {
    if (asset.kind === "source") return attribute === "status" && value === "fresh"
    if (value === "overdue") return findOverdueAsset(evaluation, asset, nowMs) !== undefined
    const status = getRepresentativeStatus(evaluation, asset)
    if (attribute === "status") return status.kind === value
    return status.kind === "stale" && status.causes.some(({ kind }) => kind === value)
  }
}
