import {
  type Evaluation,
  findInput,
  formatFingerprint,
  getAsset,
  intersectRangeLists,
  type LedgerSnapshot,
  type MaterializationRecord,
  type PartitionRange,
} from "@freshet/core/engine"

import type { AssetPartition } from "./asset-partitions.ts"
import type { Project } from "./project.ts"

/** The current record of each partition: the one of the current inputs, or else the newest. */
export type CurrentRecords = ReadonlyMap<string, MaterializationRecord>

/** Formats the key of a partition among records. */
function formatRecordKey({ asset, partition }: AssetPartition): string {
  return `${asset} ${partition}`
}

/** Finds the record of a partition; undefined for a partition without materialization. */
export function findRecord(
  records: CurrentRecords,
  partition: AssetPartition,
): MaterializationRecord | undefined {
  return records.get(formatRecordKey(partition))
}

/** Reads the current records of some partitions in one query. */
export async function readCurrentRecords(
  { evaluation, ledger }: Project,
  partitions: readonly AssetPartition[],
): Promise<CurrentRecords> {
  const materializedPartitions = partitions.filter(
    (partition) => findCurrentInput(evaluation, partition) !== undefined,
  )
  if (materializedPartitions.length === 0) return new Map()
  const ranges = materializedPartitions.map(({ asset, partition: at }) => ({
    asset,
    range: { from: at, to: at },
  }))
  return selectCurrentRecords(evaluation, await ledger.readMaterializations(ranges))
}

/** Selects the current record of each partition. */
export function selectCurrentRecords<R extends AssetPartition & { readonly fingerprint: string }>(
  evaluation: Evaluation,
  records: readonly R[],
): ReadonlyMap<string, R> {
  const currentRecords = records.filter(
    (record) => record.fingerprint === findCurrentInput(evaluation, record),
  )
  return new Map(currentRecords.map((record) => [formatRecordKey(record), record]))
}

/** Finds the input fingerprint of the current rows of a partition; undefined without rows. */
export function findCurrentInput(
  evaluation: Evaluation,
  { asset, partition }: AssetPartition,
): string | undefined {
  const { computation } = getAsset(evaluation.graph, asset)
  const input = findInput(evaluation, computation, partition)
  return input && formatFingerprint(input)
}

/** Finds the newest existing partition of an asset that is materialized. */
export function findNewestMaterialization(
  evaluation: EvaluationPart,
  name: string,
): number | undefined {
  const { from, to } = findMaterializedRange(evaluation, name) ?? { from: 1, to: 0 }
  for (let at = to; at >= from; at -= 1) if (isMaterialized(evaluation, name, at)) return at
  return undefined
}

/** The existing partitions of an asset among those between its first materialization and its newest; undefined without one. */
export function findMaterializedRange(
  { graph, snapshot, bounds }: EvaluationPart,
  name: string,
): PartitionRange | undefined {
  const history = snapshot.histories.get(getAsset(graph, name).computation.name)
  const range = bounds.get(name)
  if (history === undefined || history.length === 0 || range === undefined) return undefined
  const { from, length } = history
  const [common] = intersectRangeLists([{ from, to: from + length - 1 }], [range])
  return common
}

/** Tests whether a partition exists and is materialized. */
export function isMaterialized(evaluation: EvaluationPart, name: string, at: number): boolean {
  const { graph, snapshot, bounds } = evaluation
  const range = bounds.get(name)
  if (range === undefined || at < range.from || at > range.to) return false
  const history = snapshot.histories.get(getAsset(graph, name).computation.name)
  return (history?.versionIndex[at - history.from] ?? 0) !== 0
}

type EvaluationPart = Pick<Evaluation, "graph" | "bounds"> & { readonly snapshot: LedgerSnapshot }
