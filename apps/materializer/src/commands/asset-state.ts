import {
  type AnyAsset,
  type Asset,
  type Evaluation,
  type SourceAsset,
  type Status,
  assetStatus,
  partitionKey,
} from "@freshet/core"

import { type Overdue, overdueOf } from "./overdue.ts"

/** What is known of an asset, summed up: its newest partition, and how many partitions are in which state. */
export interface AssetState {
  readonly name: string
  readonly group: string
  readonly kind: "source" | "sql" | "code"
  readonly partitioned: boolean
  /** Key of the newest partition that exists. */
  readonly newest: string | undefined
  /** The newest partition's status; undefined for a source. */
  readonly status: Status | undefined
  readonly partitions: PartitionCounts
  readonly rows: number | undefined
  readonly bytes: number | undefined
  readonly madeMs: number | undefined
  readonly overdue: (Overdue & { readonly partitionKey: string }) | undefined
  readonly failedErrors: number
  readonly failedWarnings: number
}

export interface PartitionCounts {
  readonly total: number
  readonly fresh: number
  readonly stale: number
  readonly missing: number
  readonly failed: number
}

/** The state of one asset or source at an instant. */
export function assetState(evaluation: Evaluation, asset: AnyAsset, nowMs: number): AssetState {
  return asset.kind === "source"
    ? sourceState(evaluation, asset)
    : madeState(evaluation, asset, nowMs)
}

function sourceState({ landing, extents }: Evaluation, source: SourceAsset): AssetState {
  const landed = [...(landing.get(source.name)?.values() ?? [])]
  const extent = extents.get(source.name)
  const files = landed.flatMap((partition) => partition.files)
  return {
    name: source.name,
    group: source.group,
    kind: "source",
    partitioned: source.partitions.kind !== "none",
    newest: extent && partitionKey(source.partitions, extent.to),
    status: undefined,
    partitions: { total: landed.length, fresh: landed.length, stale: 0, missing: 0, failed: 0 },
    rows: undefined,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    madeMs: undefined,
    overdue: undefined,
    failedErrors: 0,
    failedWarnings: 0,
  }
}

function madeState(evaluation: Evaluation, asset: Asset, nowMs: number): AssetState {
  const extent = evaluation.extents.get(asset.name)
  const records = evaluation.snapshot.materializations.get(asset.name)
  const record = extent && records?.get(extent.to)
  const missing: Status = { kind: "missing", waitsFor: undefined, causes: [] }
  const newestMade = newestOf(records?.keys())
  const firstOpen = newestMade === undefined ? extent?.from : newestMade + 1
  const overdue = firstOpen === undefined ? undefined : overdueOf(asset, firstOpen, nowMs)
  return {
    name: asset.name,
    group: asset.group,
    kind: asset.computation.kind,
    partitioned: asset.partitions.kind !== "none",
    newest: extent && partitionKey(asset.partitions, extent.to),
    status: extent === undefined ? missing : assetStatus(evaluation, asset, extent.to),
    partitions: partitionCounts(evaluation, asset),
    rows: record?.rows,
    bytes: record?.bytes,
    madeMs: record?.atMs,
    overdue: overdue && { ...overdue, partitionKey: partitionKey(asset.partitions, overdue.day) },
    failedErrors: record?.failedErrors ?? 0,
    failedWarnings: record?.failedWarnings ?? 0,
  }
}

function newestOf(indexes: Iterable<number> | undefined): number | undefined {
  let newest: number | undefined
  for (const index of indexes ?? []) if (newest === undefined || index > newest) newest = index
  return newest
}

function partitionCounts(evaluation: Evaluation, asset: Asset): PartitionCounts {
  const counts = { total: 0, fresh: 0, stale: 0, missing: 0, failed: 0 }
  for (const status of evaluation.statuses.get(asset.computation.name)?.values() ?? []) {
    counts.total += 1
    counts[status.kind] += 1
  }
  return counts
}

/** Whether `status:` in a selection means this asset: by its newest partition, or by the clock for `overdue`. */
export function hasStatus(evaluation: Evaluation, nowMs: number) {
  return (asset: AnyAsset, status: string): boolean => {
    if (asset.kind === "source") return status === "fresh"
    const state = madeState(evaluation, asset, nowMs)
    return status === "overdue" ? state.overdue !== undefined : state.status?.kind === status
  }
}
