import {
  assetNamed,
  type Evaluation,
  fingerprintText,
  madeFrom,
  type Recorded,
  type Snapshot,
} from "@freshet/core"

import type { Project } from "./project.ts"

/** One partition of an asset. */
export interface AssetPartition {
  readonly asset: string
  readonly partition: number
}

/** The records of the rows that count of some partitions: those that are right, or else the newest. */
export type Records = ReadonlyMap<string, Recorded>

/** The key of a partition among records. */
function recordKey({ asset, partition }: AssetPartition): string {
  return `${asset} ${partition}`
}

/** The record of a partition among those that were read; undefined where nothing is kept. */
export function recordIn(records: Records, partition: AssetPartition): Recorded | undefined {
  return records.get(recordKey(partition))
}

/** Reads what is kept of some partitions, all in one query. */
export async function readRecords(
  { evaluation, recorded }: Project,
  wanted: readonly AssetPartition[],
): Promise<Records> {
  const made = wanted.filter((each) => countingInput(evaluation, each) !== undefined)
  if (made.length === 0) return new Map()
  const ranges = made.map(({ asset, partition: at }) => ({ asset, range: { from: at, to: at } }))
  return countingRecords(evaluation, await recorded(ranges))
}

/** Of all that is kept, what counts: one record a partition. */
export function countingRecords(evaluation: Evaluation, all: readonly Recorded[]): Records {
  const counting = all.filter((record) => record.fingerprint === countingInput(evaluation, record))
  return new Map(counting.map((record) => [recordKey(record), record]))
}

/** What the rows that count of a partition were made from, as text; undefined when there are none. */
export function countingInput(
  evaluation: Evaluation,
  { asset, partition }: AssetPartition,
): string | undefined {
  const { computation } = assetNamed(evaluation.graph, asset)
  const input = madeFrom(evaluation, computation, partition)
  return input && fingerprintText(input)
}

/** The newest partition of an asset of which anything is kept. */
export function newestMade({ graph, snapshot }: EvaluationPart, name: string): number | undefined {
  const timeline = snapshot.timelines.get(assetNamed(graph, name).computation.name)
  for (let at = (timeline?.length ?? 0) - 1; at >= 0; at -= 1)
    if ((timeline?.mark[at] ?? 0) !== 0) return at + (timeline?.from ?? 0)
  return undefined
}

/** Whether anything is kept of a partition. */
export function isKept({ graph, snapshot }: EvaluationPart, name: string, at: number): boolean {
  const timeline = snapshot.timelines.get(assetNamed(graph, name).computation.name)
  return (timeline?.mark[at - timeline.from] ?? 0) !== 0
}

type EvaluationPart = Pick<Evaluation, "graph"> & { readonly snapshot: Snapshot }
