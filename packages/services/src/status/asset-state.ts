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
import { readCurrentRecords, findRecord } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import { type Deadline, findNextDeadline, findOverdue } from "./deadline.ts"
import { describeDelay } from "./describe-delay.ts"
import { createFailedUpstreamFinder } from "./failed-upstream.ts"
import { listUpstreamComputations, type Predictions, predictWorkMs } from "./predict-end.ts"

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
  readonly durationMs: number | undefined
  readonly materializedMs: number | undefined
  /** The state of its deadlines; undefined for an asset without one. */
  readonly deadline: DeadlineState | undefined
  /** The failed asset upstream that keeps the representing partition from being materialized. */
  readonly failedUpstream: string | undefined
  readonly failedErrors: number
  readonly failedWarnings: number
}

/**
 * The state of an asset's deadlines. Overdue: a deadline has passed and its partition is not fresh and published. Due
 * soon: the work before the next deadline is predicted to end after it.
 */
export type DeadlineState =
  | { readonly kind: "on_time" }
  | (DuePartition & { readonly kind: "due_soon"; readonly expectedMs: number })
  | (DuePartition & { readonly kind: "overdue"; readonly reason: string })

interface DuePartition extends Deadline {
  readonly partitionKey: string
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
  const predictions = await readDeadlinePredictions(project, assets)
  const states = assets.map((asset) => {
    const partition = findRepresentative(project.evaluation, asset)
    const record =
      partition === undefined ? undefined : findRecord(records, { asset: asset.name, partition })
    const failedUpstream =
      asset.kind === "source" || partition === undefined ? undefined : findFailed(asset, partition)
    const inputs = { nowMs: project.nowMs, record, failedUpstream, predictions }
    return buildAssetState(project.evaluation, asset, inputs)
  })
  return { project, states }
}

/** Reads the durations of the work before the deadlines of some assets. */
async function readDeadlinePredictions(
  { evaluation, ledger }: Project,
  assets: readonly AnyAsset[],
): Promise<Predictions> {
  const dueAssets = assets.flatMap((asset) =>
    asset.kind === "asset" && asset.freshness !== undefined ? [asset] : [],
  )
  if (dueAssets.length === 0) return new Map()
  return ledger.readPredictions(listUpstreamComputations(evaluation, dueAssets))
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
  readonly predictions: Predictions
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
    durationMs: undefined,
    materializedMs: undefined,
    deadline: undefined,
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
  { nowMs, record, failedUpstream, predictions }: StateInputs,
): AssetState {
  const representative = findRepresentative(evaluation, asset)
  const counts = countStates(evaluation, asset.computation)
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
    durationMs: record?.durationMs,
    materializedMs: record?.atMs,
    deadline: findDeadlineState(evaluation, asset, { nowMs, predictions }),
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

/** Finds the state of an asset's deadlines; undefined for an asset without one. */
function findDeadlineState(
  evaluation: Evaluation,
  asset: Asset,
  { nowMs, predictions }: { readonly nowMs: number; readonly predictions: Predictions },
): DeadlineState | undefined {
  if (asset.freshness === undefined || !isTimed(asset.partitions)) return undefined
  const overdue = findOverdue(evaluation, asset, nowMs)
  const addKey = (deadline: Deadline) => ({
    partition: deadline.partition,
    dueMs: deadline.dueMs,
    partitionKey: formatPartitionKey(asset.partitions, deadline.partition),
  })
  if (overdue !== undefined) {
    const reason = describeDelay(evaluation, asset, overdue.partition)
    return { kind: "overdue", ...addKey(overdue), reason }
  }
  const next = findNextDeadline(evaluation, asset, nowMs)
  if (next === undefined) return { kind: "on_time" }
  const workMs = predictWorkMs(evaluation, predictions, asset, next.partition)
  const expectedMs = Math.max(nowMs, next.endMs) + workMs
  return expectedMs > next.dueMs
    ? { kind: "due_soon", ...addKey(next), expectedMs }
    : { kind: "on_time" }
}

/** Creates the predicate of `status:` and `stale:` in a selection; `overdue` depends on the clock, the others on the representative partition. */
export function createStatePredicate(evaluation: Evaluation, nowMs: number): HasState {
  return (asset, attribute, value) => {
    if (asset.kind === "source") return attribute === "status" && value === "fresh"
    if (value === "overdue") return findOverdue(evaluation, asset, nowMs) !== undefined
    const status = getRepresentativeStatus(evaluation, asset)
    if (attribute === "status") return status.kind === value
    return status.kind === "stale" && status.causes.some(({ kind }) => kind === value)
  }
}
