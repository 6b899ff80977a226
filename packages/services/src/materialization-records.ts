import {
  type Evaluation,
  findInput,
  formatFingerprint,
  getAsset,
  type LedgerSnapshot,
  type MaterializationRecord,
} from "@freshet/core/engine"

import type { Project } from "./project.ts"

/** One partition of an asset. */
export interface AssetPartition {
  readonly asset: string
  readonly partition: number
}

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

/** Finds the newest materialized partition of an asset. */
export function findNewestMaterialization(
  { graph, snapshot }: EvaluationPart,
  name: string,
): number | undefined {
  const history = snapshot.histories.get(getAsset(graph, name).computation.name)
  for (let at = (history?.length ?? 0) - 1; at >= 0; at -= 1)
    if ((history?.versionIndex[at] ?? 0) !== 0) return at + (history?.from ?? 0)
  return undefined
}

/** Says if a partition is materialized. */
export function isMaterialized(
  { graph, snapshot }: EvaluationPart,
  name: string,
  at: number,
): boolean {
  const history = snapshot.histories.get(getAsset(graph, name).computation.name)
  return (history?.versionIndex[at - history.from] ?? 0) !== 0
}

type EvaluationPart = Pick<Evaluation, "graph"> & { readonly snapshot: LedgerSnapshot }
