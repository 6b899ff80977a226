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

/** The records of the rows that count of some partitions: those that are right, or else the newest. */
export type CurrentRecords = ReadonlyMap<string, MaterializationRecord>

/** The key of a partition among records. */
function formatRecordKey({ asset, partition }: AssetPartition): string {
  return `${asset} ${partition}`
}

/** The record of a partition among those that were read; undefined where nothing is kept. */
export function findRecord(
  records: CurrentRecords,
  partition: AssetPartition,
): MaterializationRecord | undefined {
  return records.get(formatRecordKey(partition))
}

/** Reads what is kept of some partitions, all in one query. */
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

/** Of all that is kept, what counts: one record a partition. */
export function selectCurrentRecords(
  evaluation: Evaluation,
  records: readonly MaterializationRecord[],
): CurrentRecords {
  const currentRecords = records.filter(
    (record) => record.fingerprint === findCurrentInput(evaluation, record),
  )
  return new Map(currentRecords.map((record) => [formatRecordKey(record), record]))
}

/** What the rows that count of a partition were made from, as text; undefined when there are none. */
export function findCurrentInput(
  evaluation: Evaluation,
  { asset, partition }: AssetPartition,
): string | undefined {
  const { computation } = getAsset(evaluation.graph, asset)
  const input = findInput(evaluation, computation, partition)
  return input && formatFingerprint(input)
}

/** The newest partition of an asset of which anything is kept. */
export function findNewestMaterialization(
  { graph, snapshot }: EvaluationPart,
  name: string,
): number | undefined {
  const history = snapshot.histories.get(getAsset(graph, name).computation.name)
  for (let at = (history?.length ?? 0) - 1; at >= 0; at -= 1)
    if ((history?.versionIndex[at] ?? 0) !== 0) return at + (history?.from ?? 0)
  return undefined
}

/** Whether anything is kept of a partition. */
export function isMaterialized(
  { graph, snapshot }: EvaluationPart,
  name: string,
  at: number,
): boolean {
  const history = snapshot.histories.get(getAsset(graph, name).computation.name)
  return (history?.versionIndex[at - history.from] ?? 0) !== 0
}

type EvaluationPart = Pick<Evaluation, "graph"> & { readonly snapshot: LedgerSnapshot }
