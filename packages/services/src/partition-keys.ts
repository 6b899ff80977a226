import {
  countPartitions,
  formatPartitionKey,
  formatPartitions,
  type PartitionRange,
} from "@freshet/core/engine"

import type { PartitionRangeDocument } from "./documents/partition-range.ts"
import type { Project } from "./project.ts"

type ProjectGraph = Pick<Project, "graph">

/** Creates a function from partition indexes of an asset to keys; for an asset that is no longer declared the key is the index. */
export function createKeyFormatter({ graph }: ProjectGraph) {
  return (asset: string, index: number): string => {
    const declaredAsset = graph.assets.get(asset)
    return declaredAsset === undefined
      ? String(index)
      : formatPartitionKey(declaredAsset.partitions, index)
  }
}

/** Creates a function from ranges of partitions of an asset to ranges of keys. */
export function createRangeConverter(project: ProjectGraph) {
  const formatKey = createKeyFormatter(project)
  return (asset: string, ranges: readonly PartitionRange[]): readonly PartitionRangeDocument[] =>
    ranges.map(({ from, to }) => ({ from: formatKey(asset, from), to: formatKey(asset, to) }))
}

/** Creates a function from ranges of partitions of an asset to their fields in a document. */
export function createPartitionsConverter(project: ProjectGraph) {
  const toRangeDocuments = createRangeConverter(project)
  return (asset: string, ranges: readonly PartitionRange[]) => ({
    partitions: toRangeDocuments(asset, ranges),
    partitions_text: formatPartitions(project.graph, asset, ranges),
    count: countPartitions(ranges),
  })
}

/** Creates a function from partitions of a computation to their fields, with the keys of its outputs. */
export function createComputationConverter({ graph }: ProjectGraph) {
  const toPartitions = createPartitionsConverter({ graph })
  return (name: string, ranges: readonly PartitionRange[]) => {
    const computation = graph.computations.find((candidate) => candidate.name === name)
    return { computation: name, ...toPartitions(computation?.outputs[0]?.asset ?? "", ranges) }
  }
}
