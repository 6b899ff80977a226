import {
  type AnyAsset,
  type Asset,
  type Evaluation,
  type HasState,
  type PartitionRange,
  type Recorded,
  type SourceAsset,
  type StateCounts,
  type StateKind,
  type Status,
  assetStatus,
  countStates,
  partitionKey,
  rangesWhere,
  stateKind,
  partitionNoun,
} from "@freshet/core"

import { withoutLost } from "../project/lost-files.ts"
import type { Project } from "../project/project.ts"
import { newestMade, readRecords, recordIn } from "../project/records.ts"
import { type Overdue, overdueOf } from "./overdue.ts"

/** What is known of an asset, summed up: its newest partition, and how many partitions are in which state. */
export interface AssetState {
  readonly name: string
  readonly group: string
  readonly kind: "source" | "sql" | "code"
  readonly partitioned: boolean
  /** What one of its partitions is called: `day`. */
  readonly noun: string
  /** Key of the newest partition that exists; of a set of keys, the first in the worst state. */
  readonly newest: string | undefined
  /** That partition's status; undefined for a source. */
  readonly status: Status | undefined
  readonly partitions: PartitionCounts
  readonly rows: number | undefined
  readonly bytes: number | undefined
  readonly madeMs: number | undefined
  readonly overdue: (Overdue & { readonly partitionKey: string }) | undefined
  readonly failedErrors: number
  readonly failedWarnings: number
}

export interface PartitionCounts extends StateCounts {
  readonly total: number
}

/** The states of some assets, and the project without the materializations of which the files are gone. */
export async function assetStates(
  given: Project,
  assets: readonly AnyAsset[],
): Promise<{ readonly project: Project; readonly states: readonly AssetState[] }> {
  let project = given
  for (let before: Project | undefined; before !== project;) {
    before = project
    project = await withoutLost(project, shownRanges(project.evaluation, assets))
  }
  const shown = [...shownRanges(project.evaluation, assets)]
  const records = await readRecords(
    project,
    shown.flatMap(([asset, ranges]) => ranges.map(({ to }) => ({ asset, partition: to }))),
  )
  const states = assets.map((asset) => {
    const partition = shownPartition(project.evaluation, asset)
    const record =
      partition === undefined ? undefined : recordIn(records, { asset: asset.name, partition })
    return assetState(project.evaluation, asset, { nowMs: project.nowMs, record })
  })
  return { project, states }
}

/** Asset → the one partition that stands for it. */
function shownRanges(evaluation: Evaluation, assets: readonly AnyAsset[]) {
  const ranges = new Map<string, readonly PartitionRange[]>()
  for (const asset of assets) {
    const at = asset.kind === "source" ? undefined : shownPartition(evaluation, asset)
    if (at !== undefined) ranges.set(asset.name, [{ from: at, to: at }])
  }
  return ranges
}

const worstFirst: readonly StateKind[] = ["failed", "stale", "missing"]

/** The partition by which an asset is judged as a whole: the newest; of a set of keys, the first in the worst state. */
export function shownPartition(evaluation: Evaluation, asset: AnyAsset): number | undefined {
  const extent = evaluation.extents.get(asset.name)
  if (asset.kind === "source" || asset.partitions.kind !== "static") return extent?.to
  for (const kind of worstFirst) {
    const [range] = rangesWhere(evaluation, asset.computation, (bits) => stateKind(bits) === kind)
    if (range !== undefined) return range.from
  }
  return extent?.to
}

/** What the ledger knows of the partition that stands for an asset, and the instant. */
interface Known {
  readonly nowMs: number
  readonly record: Recorded | undefined
}

/** The state of one asset or source. */
function assetState(evaluation: Evaluation, asset: AnyAsset, known: Known): AssetState {
  return asset.kind === "source"
    ? sourceState(evaluation, asset)
    : madeState(evaluation, asset, known)
}

function sourceState({ landing, extents }: Evaluation, source: SourceAsset): AssetState {
  const landed = landing.get(source.name)
  const extent = extents.get(source.name)
  const total = landed?.size ?? 0
  let bytes = 0
  for (const { files } of landed?.values() ?? []) for (const file of files) bytes += file.bytes
  return {
    ...commonState(source),
    kind: "source",
    newest: extent && partitionKey(source.partitions, extent.to),
    status: undefined,
    partitions: { total, fresh: total, stale: 0, missing: 0, failed: 0, waiting: 0 },
    rows: undefined,
    bytes,
    madeMs: undefined,
    overdue: undefined,
    failedErrors: 0,
    failedWarnings: 0,
  }
}

function commonState({ name, group, partitions }: AnyAsset) {
  const partitioned = partitions.kind !== "none"
  return { name, group, partitioned, noun: partitionNoun(partitions) }
}

function madeState(evaluation: Evaluation, asset: Asset, { nowMs, record }: Known): AssetState {
  const shown = shownPartition(evaluation, asset)
  const counts = countStates(evaluation, asset.computation)
  const overdue = overdueAt(evaluation, asset, nowMs)
  return {
    ...commonState(asset),
    kind: asset.computation.kind,
    newest: shown === undefined ? undefined : partitionKey(asset.partitions, shown),
    status: shownStatus(evaluation, asset),
    partitions: {
      total: counts.fresh + counts.stale + counts.missing + counts.failed,
      ...counts,
    },
    rows: record?.rows,
    bytes: record?.bytes,
    madeMs: record?.atMs,
    overdue: overdue && { ...overdue, partitionKey: partitionKey(asset.partitions, overdue.day) },
    failedErrors: record?.failedErrors ?? 0,
    failedWarnings: record?.failedWarnings ?? 0,
  }
}

function shownStatus(evaluation: Evaluation, asset: Asset): Status {
  const shown = shownPartition(evaluation, asset)
  return shown === undefined
    ? { kind: "missing", waitsFor: undefined, causes: [] }
    : assetStatus(evaluation, asset, shown)
}

function overdueAt(evaluation: Evaluation, asset: Asset, nowMs: number): Overdue | undefined {
  const newest = newestMade(evaluation, asset.name)
  const firstOpen = newest === undefined ? evaluation.extents.get(asset.name)?.from : newest + 1
  return firstOpen === undefined ? undefined : overdueOf(asset, firstOpen, nowMs)
}

/** Whether `status:` or `stale:` in a selection means this asset: by the partition that stands for it, or by the clock for `overdue`. */
export function hasState(evaluation: Evaluation, nowMs: number): HasState {
  return (asset, attribute, value) => {
    if (asset.kind === "source") return attribute === "status" && value === "fresh"
    if (value === "overdue") return overdueAt(evaluation, asset, nowMs) !== undefined
    const status = shownStatus(evaluation, asset)
    if (attribute === "status") return status.kind === value
    return status.kind === "stale" && status.causes.some(({ kind }) => kind === value)
  }
}
