import {
  buildRecordedInputs,
  type Evaluation,
  isInRanges,
  listPartitions,
  listUnexplainedPartitions,
  type MaterializationRecord,
  type PartitionRange,
  type ReadVersions,
  type RecordedInputs,
  type Removal,
  toRanges,
} from "@freshet/core/engine"

import type { ProjectLedger } from "./project.ts"

type ReadsByPartition = Map<number, readonly ReadVersions[]>

/**
 * Evaluates a snapshot together with the recorded reads that replace landed files: files that are no longer landed, and
 * reads as landed. Only the reads of partitions that the landed files do not explain are read from the ledger.
 */
export async function evaluateWithRecordedInputs(
  ledger: Pick<ProjectLedger, "readMaterializations" | "readInputVersions">,
  evaluateWith: (recordedInputs: RecordedInputs) => Evaluation,
): Promise<Evaluation> {
  const recordedReads = new Map<string, ReadsByPartition>()
  for (let evaluation = evaluateWith({}); ;) {
    const isComplete = !(await addRecordedReads(ledger, evaluation, recordedReads))
    if (isComplete) return evaluation
    const recordedInputs = buildRecordedInputs(evaluation, recordedReads)
    if (recordedInputs === undefined) return evaluation
    evaluation = evaluateWith(recordedInputs)
  }
}

/** Adds the recorded reads of the newest materializations of an evaluation's candidates. Returns whether any was new. */
async function addRecordedReads(
  { readMaterializations, readInputVersions }: Parameters<typeof evaluateWithRecordedInputs>[0],
  evaluation: Evaluation,
  recordedReads: Map<string, ReadsByPartition>,
): Promise<boolean> {
  const newest = new Map<string, MaterializationRecord>()
  const candidates = listUnexplainedPartitions(evaluation).flatMap(({ computation, ranges }) => {
    const partitions = recordedReads.get(computation.name)
    const newPartitions = [...listPartitions(ranges)].filter((at) => partitions?.has(at) !== true)
    const asset = computation.outputs[0]?.asset ?? computation.name
    return toRanges(newPartitions).map((range) => ({ computation, asset, range }))
  })
  if (candidates.length === 0) return false
  for (const record of await readMaterializations(candidates))
    newest.set(`${record.asset} ${record.partition}`, record)
  const versions = await readInputVersions([...newest.values()].map(({ id }) => id))
  for (const { computation, asset, range } of candidates) {
    const reads: ReadsByPartition = recordedReads.get(computation.name) ?? new Map()
    recordedReads.set(computation.name, reads)
    for (const partition of listPartitions([range])) {
      const record = newest.get(`${asset} ${partition}`)
      reads.set(partition, (record && versions.get(record.id)) ?? [])
    }
  }
  return true
}

/** Leaves the partitions of removals out of recorded inputs, as a wipe does. */
export function excludeRemovals(
  { removedInputs, pinnedInputs }: RecordedInputs,
  removals: readonly Removal[],
): RecordedInputs {
  const ranges = new Map(removals.map(({ computation, ranges: removed }) => [computation, removed]))
  return {
    removedInputs: removedInputs && excludePartitions(removedInputs, ranges),
    pinnedInputs: pinnedInputs && excludePartitions(pinnedInputs, ranges),
  }
}

/** Leaves some partitions of computations out of recorded inputs. */
export function excludePartitions<V>(
  inputs: ReadonlyMap<string, ReadonlyMap<number, V>>,
  excludedRanges: ReadonlyMap<string, readonly PartitionRange[]>,
): ReadonlyMap<string, ReadonlyMap<number, V>> {
  const remaining = new Map(inputs)
  for (const [computation, ranges] of excludedRanges) {
    const partitions = [...(remaining.get(computation) ?? [])]
    remaining.set(computation, new Map(partitions.filter(([at]) => !isInRanges(ranges, at))))
  }
  return remaining
}
