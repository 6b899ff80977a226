import type { AnyAsset, Asset, SourceAsset } from "@freshet/core"
import {
  formatCauses,
  formatPartitionKey,
  getAssetStatus,
  getPartitionNoun,
  isTimed,
  listRangesWhere,
  type PartitionRange,
  stateFlags,
  toStateKind,
  toRanges,
} from "@freshet/core/engine"

import {
  type PartitionRowDocument,
  type PartitionsDocument,
  type PartitionState,
  partitionStates,
  type StateRangeDocument,
} from "../documents/partitions.ts"
import { toIsoTime } from "../iso-time.ts"
import { type CurrentRecords, findRecord, readCurrentRecords } from "../materialization-records.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** An asset, and the window of single partitions to list. */
export interface PartitionsRequest {
  readonly asset: string
  /** The number of newest partitions to leave out. */
  readonly offset: number
  readonly limit: number
}

/** Reads the states of the partitions of an asset. Ranges cost the same for 100 and for 100,000 partitions. */
export function readPartitions(
  services: Services,
  request: PartitionsRequest,
): Promise<PartitionsDocument> {
  return services.withProject({}, (project) => readAssetPartitions(project, request))
}

async function readAssetPartitions(
  project: Project,
  { asset: name, offset, limit }: PartitionsRequest,
): Promise<PartitionsDocument> {
  const asset = selectAsset(project, name)
  const { partitions } = asset
  const ranges = listStateRanges(project, asset)
  const bounds = project.evaluation.bounds.get(asset.name)
  return {
    asset: asset.name,
    now: toIsoTime(project.nowMs),
    kind: partitions.kind,
    zone: isTimed(partitions) ? partitions.zone : null,
    partition_noun: getPartitionNoun(partitions),
    count: bounds === undefined ? 0 : bounds.to - bounds.from + 1,
    ranges: ranges.map((range) => toRangeDocument(asset, range)),
    offset,
    partitions:
      bounds === undefined ? [] : await listRows(project, asset, cutWindow(bounds, offset, limit)),
  }
}

interface StateRange extends PartitionRange {
  readonly state: PartitionState
}

function listStateRanges(project: Project, asset: AnyAsset): readonly StateRange[] {
  const ranges =
    asset.kind === "source"
      ? listLandedRanges(project, asset)
      : partitionStates.flatMap((state) =>
          listRangesWhere(
            project.evaluation,
            asset.computation,
            (flags) => toPartitionState(flags) === state,
          ).map((range) => ({ ...range, state })),
        )
  return ranges.toSorted((first, second) => first.from - second.from)
}

function toPartitionState(flags: number): PartitionState {
  const state = toStateKind(flags)
  const isBlocked = (flags & stateFlags.blocked) !== 0
  return isBlocked && (state === "stale" || state === "missing") ? "blocked" : state
}

/** A landed partition is fresh; one without a file is missing. */
function listLandedRanges({ evaluation }: Project, source: SourceAsset): readonly StateRange[] {
  const bounds = evaluation.bounds.get(source.name)
  if (bounds === undefined) return []
  const landed = evaluation.landing.get(source.name)
  const landedIndexes = [...(landed?.keys() ?? [])].toSorted((first, second) => first - second)
  const landedRanges = toRanges(landedIndexes)
  const gaps = landedRanges.flatMap(({ to }, at) => {
    const next = landedRanges[at + 1]
    return next === undefined
      ? []
      : [{ from: to + 1, to: next.from - 1, state: "missing" as const }]
  })
  return [...landedRanges.map((range) => ({ ...range, state: "fresh" as const })), ...gaps]
}

function toRangeDocument(
  { partitions }: AnyAsset,
  { from, to, state }: StateRange,
): StateRangeDocument {
  return {
    from: formatPartitionKey(partitions, from),
    to: formatPartitionKey(partitions, to),
    count: to - from + 1,
    state,
  }
}

/** Cuts the window out of the partitions, counted from the newest. */
function cutWindow({ from, to }: PartitionRange, offset: number, limit: number): PartitionRange {
  return { from: Math.max(from, to - offset - limit + 1), to: to - offset }
}

async function listRows(
  project: Project,
  asset: AnyAsset,
  { from, to }: PartitionRange,
): Promise<readonly PartitionRowDocument[]> {
  const indexes = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => to - at)
  if (asset.kind === "source") return indexes.map((index) => toSourceRow(project, asset, index))
  const partitions = indexes.map((partition) => ({ asset: asset.name, partition }))
  const records = await readCurrentRecords(project, partitions)
  return indexes.map((index) => toAssetRow(project, asset, index, records))
}

function toSourceRow(
  { evaluation }: Project,
  source: SourceAsset,
  index: number,
): PartitionRowDocument {
  const landed = evaluation.landing.get(source.name)?.get(index)
  const bytes = landed?.files.reduce((sum, file) => sum + file.bytes, 0)
  return {
    key: formatPartitionKey(source.partitions, index),
    state: landed === undefined ? "missing" : "fresh",
    reason: landed === undefined ? "no file landed" : "landed",
    rows: null,
    bytes: bytes ?? null,
    ms: null,
    materialized_at: null,
  }
}

function toAssetRow(
  { evaluation, graph }: Project,
  asset: Asset,
  index: number,
  records: CurrentRecords,
): PartitionRowDocument {
  const status = getAssetStatus(evaluation, asset, index)
  const record = findRecord(records, { asset: asset.name, partition: index })
  const isBlocked =
    status.kind !== "fresh" && status.kind !== "failed" && status.blocker !== undefined
  return {
    key: formatPartitionKey(asset.partitions, index),
    state: isBlocked ? "blocked" : status.kind,
    reason: formatCauses(graph, status),
    rows: record?.rows ?? null,
    bytes: record?.bytes ?? null,
    ms: record?.durationMs ?? null,
    materialized_at: record === undefined ? null : toIsoTime(record.atMs),
  }
}
