import type { SourceAsset } from "@freshet/core"
import {
  buildRemovedInputs,
  type Evaluation,
  findRemovedFiles,
  formatPartitions,
  formatQuantity,
  getOutputs,
  isInRanges,
  listPartitions,
  listRemovalCandidates,
  type MaterializationRecord,
  type Problem,
  type ReadVersions,
  type Removal,
  type RemovedInputs,
  toRanges,
} from "@freshet/core/engine"

import { toSortedRanges } from "./asset-partitions.ts"
import type { ProjectLedger } from "./project.ts"

type ReadsByPartition = Map<number, readonly ReadVersions[]>

/**
 * Evaluates a snapshot together with the files that its materializations read and that are no longer landed. Their
 * versions are in the recorded reads of the partitions that nothing else explains.
 */
export async function evaluateWithRemovedFiles(
  ledger: Pick<ProjectLedger, "readMaterializations" | "readInputVersions">,
  evaluateWith: (removedInputs: RemovedInputs | undefined) => Evaluation,
): Promise<Evaluation> {
  const recordedReads = new Map<string, ReadsByPartition>()
  for (let evaluation = evaluateWith(undefined); ;) {
    const isComplete = !(await addRecordedReads(ledger, evaluation, recordedReads))
    if (isComplete) return evaluation
    const removedInputs = buildRemovedInputs(evaluation, recordedReads)
    if (removedInputs.size === 0) return evaluation
    evaluation = evaluateWith(removedInputs)
  }
}

/** Adds the recorded reads of the newest materializations of an evaluation's candidates. Returns whether any was new. */
async function addRecordedReads(
  { readMaterializations, readInputVersions }: Parameters<typeof evaluateWithRemovedFiles>[0],
  evaluation: Evaluation,
  recordedReads: Map<string, ReadsByPartition>,
): Promise<boolean> {
  const newest = new Map<string, MaterializationRecord>()
  const candidates = listRemovalCandidates(evaluation).flatMap(({ computation, ranges }) => {
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

/** Leaves out the partitions whose materializations are removed: nothing stands that was computed from their files. */
export function excludeRemovals(
  removedInputs: RemovedInputs | undefined,
  removals: readonly Removal[],
): RemovedInputs | undefined {
  if (removedInputs === undefined) return undefined
  const remaining = new Map(removedInputs)
  for (const { computation, ranges } of removals) {
    const partitions = [...(remaining.get(computation) ?? [])]
    remaining.set(computation, new Map(partitions.filter(([at]) => !isInRanges(ranges, at))))
  }
  return remaining
}

/** Describes the files that are no longer landed, with the assets that were computed from them: one warning a source. */
export function describeRemovedFiles(evaluation: Evaluation): readonly Problem[] {
  const partitionsBySource = new Map<SourceAsset, Set<number>>()
  const readersBySource = new Map<SourceAsset, Set<string>>()
  for (const computation of evaluation.graph.computations)
    for (const { source, partition } of findRemovedFiles(evaluation, computation)) {
      const partitions = partitionsBySource.get(source) ?? new Set()
      partitionsBySource.set(source, partitions.add(partition))
      const readers = readersBySource.get(source) ?? new Set()
      for (const { name } of getOutputs(evaluation.graph, computation)) readers.add(name)
      readersBySource.set(source, readers)
    }
  return [...partitionsBySource].map(([source, partitions]) => {
    const { name } = source
    const ranges = toSortedRanges(partitions)
    const keys = formatPartitions(evaluation.graph, name, ranges)
    const files = formatQuantity(partitions.size, "file")
    const readers = [...(readersBySource.get(source) ?? [])].join(", ")
    const [are, stand] = [partitions.size === 1 ? "is" : "are", "stand and cannot be recomputed"]
    return {
      kind: "source_removed",
      asset: name,
      message: `${files} of ${name} ${are} no longer landed (${keys}). The rows of ${readers} that were computed from them ${stand}.`,
      hint: `Land the files again to recompute these rows, or declare whenRemoved: "retract" on ${name} to remove them.`,
    }
  })
}
