import type { SourceAsset } from "@freshet/core"
import {
  type Evaluation,
  findRemovedFiles,
  formatPartitions,
  formatQuantity,
  getOutputs,
  type Problem,
} from "@freshet/core/engine"

import { toSortedRanges } from "./asset-partitions.ts"

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
