import type { Asset, Computation, SourceAsset } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { listPartitionsRead } from "../graph/mapping.ts"
import { listPartitions } from "../partitions/range-algebra.ts"
import { type Blocker, createMissingFilesBlocker, joinBlockers } from "./blocker.ts"
import { type EvaluationInputs, listReadings } from "./inputs.ts"

/**
 * Finds the files for which partitions wait that do not exist yet, through all assets upstream; without a range, the
 * files for which every partition waits. Undefined when no file is missing.
 */
export function findAwaitedFiles(
  inputs: EvaluationInputs,
  { computation }: Asset,
  range?: PartitionRange,
): Blocker | undefined {
  const missing = new Map<SourceAsset, Set<number>>()
  const visited = new Set<string>()
  const visit = (reader: Computation, partition: number | undefined): void => {
    const place = `${reader.name} ${partition ?? ""}`
    if (visited.has(place)) return
    visited.add(place)
    for (const { read, asset, mapping } of listReadings(inputs.graph, reader)) {
      const bounds = inputs.bounds.get(asset.name)
      const { kind } = read.window
      if (kind === "previous" || (kind === "latest" && bounds !== undefined)) continue
      const window = partition === undefined ? undefined : listPartitionsRead(mapping, partition)
      const laterPartitions = listLaterPartitions(bounds, window)
      if (laterPartitions === undefined) continue
      if (asset.kind === "source") addMissing(inputs, missing, asset, laterPartitions)
      else if (laterPartitions.length === 0) visit(asset.computation, undefined)
      else for (const laterPartition of laterPartitions) visit(asset.computation, laterPartition)
    }
  }
  if (range === undefined) visit(computation, undefined)
  else for (const partition of listPartitions([range])) visit(computation, partition)
  return joinBlockers(
    [...missing].map(([source, indexes]) => createMissingFilesBlocker(source, [...indexes])),
  )
}

/** Lists the partitions of a window after the existing ones; none when the window has no end or is unknown, undefined when nothing is awaited. */
function listLaterPartitions(
  bounds: PartitionRange | undefined,
  window: PartitionRange | undefined,
): readonly number[] | undefined {
  const hasEnds = window !== undefined && Number.isFinite(window.from) && Number.isFinite(window.to)
  if (bounds === undefined && !hasEnds) return []
  if (window === undefined || window.to === Infinity) return undefined
  const from = Math.max(window.from, (bounds?.to ?? -Infinity) + 1)
  return window.to < from ? undefined : [...listPartitions([{ from, to: window.to }])]
}

function addMissing(
  { landing }: EvaluationInputs,
  missing: Map<SourceAsset, Set<number>>,
  source: SourceAsset,
  partitions: readonly number[],
): void {
  if (source.whenMissing === "empty") return
  const landed = landing.get(source.name)
  const missingPartitions = partitions.filter((index) => landed?.has(index) !== true)
  if (partitions.length > 0 && missingPartitions.length === 0) return
  missing.set(source, new Set([...(missing.get(source) ?? []), ...missingPartitions]))
}
