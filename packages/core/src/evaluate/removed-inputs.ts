import type { Computation, SourceAsset } from "../declare/declaration.ts"
import { type PartitionRange, isTimed } from "../declare/partition.ts"
import type { Graph, Reading } from "../graph/graph.ts"
import {
  intersectRanges,
  isWithin,
  listPartitionsRead,
  listPartitionsReading,
} from "../graph/mapping.ts"
import { formatStableRelation } from "../graph/stable-name.ts"
import { toRanges } from "../partitions/range-algebra.ts"
import type { ReadVersions } from "../ports.ts"
import { type EvaluationInputs, emptyVersion, listReadings } from "./inputs.ts"
import { findLandedRange, isExisting } from "./partition-bounds.ts"
import type { ComputationRanges } from "./partition-set.ts"
import type { RemovedInputs, RemovedReads } from "./removed-reads.ts"
import { type Evaluation, findStates, stateFlags, stateFlagsAt } from "./states.ts"

/** Computation → partition → the recorded reads of its newest materialization. */
export type RecordedReads = ReadonlyMap<string, ReadonlyMap<number, readonly ReadVersions[]>>

/**
 * Lists the materialized partitions that may have read files that are no longer landed: their windows reach beyond the
 * first landed file of a source that keeps what was computed, and their newest rows are not fresh or do not exist
 * without these files.
 */
export function listRemovalCandidates(evaluation: Evaluation): readonly ComputationRanges[] {
  return evaluation.graph.computations.flatMap((computation) => {
    const reads = listRemovableReads(evaluation, computation)
    if (reads.length === 0) return []
    const ranges = listUnexplained(evaluation, computation, Math.max(...reads.map(findLastReader)))
    return ranges.length === 0 ? [] : [{ computation, ranges }]
  })
}

/** Finds the files in some recorded reads that are no longer landed. */
export function buildRemovedInputs(
  inputs: EvaluationInputs,
  recordedReads: RecordedReads,
): RemovedInputs {
  const removedInputs = new Map<string, ReadonlyMap<number, RemovedReads>>()
  for (const computation of inputs.graph.computations) {
    const removed = new Map<number, RemovedReads>()
    const reads = listRemovableReads(inputs, computation)
    for (const [partition, recorded] of recordedReads.get(computation.name) ?? []) {
      const removedReads = findRemovedReads(inputs, reads, partition, recorded)
      if (removedReads.size > 0) removed.set(partition, removedReads)
    }
    if (removed.size > 0) removedInputs.set(computation.name, removed)
  }
  return removedInputs
}

/** A read of a source that keeps what was computed from removed files. */
interface RemovableRead {
  readonly reading: Reading
  /** The partitions whose files may have been removed: those before the first landed file. */
  readonly removable: PartitionRange
}

function listRemovableReads(
  { graph, bounds, landing }: EvaluationInputs,
  computation: Computation,
): readonly RemovableRead[] {
  return listReadings(graph, computation).flatMap((reading) => {
    const { asset } = reading
    if (asset.kind !== "source" || asset.whenRemoved !== "keep" || !isTimed(asset.partitions))
      return []
    const range = bounds.get(asset.name)
    const firstLanded = (range && findLandedRange(landing, asset.name, range))?.from ?? Infinity
    const removable = { from: asset.partitions.start, to: firstLanded - 1 }
    return removable.from <= removable.to ? [{ reading, removable }] : []
  })
}

/** The last partition whose window reaches beyond the first landed file. */
function findLastReader({ reading: { mapping }, removable: { to } }: RemovableRead): number {
  return to === Infinity ? Infinity : listPartitionsReading(mapping, to).to
}

/** Lists the materialized partitions up to `last` whose newest rows are not fresh. */
function listUnexplained(
  evaluation: Evaluation,
  computation: Computation,
  last: number,
): readonly PartitionRange[] {
  const history = evaluation.snapshot.histories.get(computation.name)
  const reverted = findStates(evaluation, computation)?.reverted
  const partitions: number[] = []
  if (history === undefined) return []
  const end = Math.min(history.length, last - history.from + 1)
  for (let at = 0; at < end; at += 1) {
    const partition = history.from + at
    const flags = stateFlagsAt(evaluation, computation, partition)
    const isFresh = (flags & stateFlags.fresh) !== 0 && reverted?.has(partition) !== true
    if (history.versionIndex[at] !== 0 && !isFresh) partitions.push(partition)
  }
  return toRanges(partitions)
}

/** Finds the reads of removed files. */
function findRemovedReads(
  inputs: EvaluationInputs,
  removableReads: readonly RemovableRead[],
  partition: number,
  recordedReads: readonly ReadVersions[],
): RemovedReads {
  const removedReads = new Map<string, ReadVersions["versions"]>()
  for (const { reading, removable } of removableReads) {
    const { read, asset, mapping } = reading
    const wholeWindow = listPartitionsRead(mapping, partition)
    if (read.window.kind === "latest" && wholeWindow.to > removable.to) continue // it reads a landed file
    const window = intersectRanges(wholeWindow, removable)
    const relation = formatStableRelation(reading)
    const versions = recordedReads.find((recorded) => recorded.relation === relation)?.versions
    const removed = (versions ?? []).filter(([index, version]) => {
      const isEmptyAlready = version === emptyVersion && isExisting(inputs, asset, index)
      return window && isWithin(window, index) && !isEmptyAlready
    })
    if (removed.some(([, version]) => version !== emptyVersion)) removedReads.set(relation, removed)
  }
  return removedReads
}

/** A file that is no longer landed. */
export interface RemovedFile {
  readonly source: SourceAsset
  readonly partition: number
}

/** Finds the oldest file that the rows of a partition were computed from and that is no longer landed. */
export function findRemovedFile(
  { graph, removedInputs }: Pick<EvaluationInputs, "graph" | "removedInputs">,
  computation: Computation,
  index: number,
): RemovedFile | undefined {
  const removedReads = removedInputs?.get(computation.name)?.get(index)
  return removedReads && listRemovedFiles(graph, computation, removedReads)[0]
}

/** Finds the files that the partitions of a computation were computed from and that are no longer landed; a file may be listed more than once. */
export function findRemovedFiles(
  { graph, removedInputs }: Pick<EvaluationInputs, "graph" | "removedInputs">,
  computation: Computation,
): readonly RemovedFile[] {
  return [...(removedInputs?.get(computation.name)?.values() ?? [])].flatMap((removedReads) =>
    listRemovedFiles(graph, computation, removedReads),
  )
}

function listRemovedFiles(
  graph: Graph,
  computation: Computation,
  removedReads: RemovedReads,
): readonly RemovedFile[] {
  return listReadings(graph, computation).flatMap((reading) => {
    const source = reading.asset
    const versions = removedReads.get(formatStableRelation(reading)) ?? []
    return versions.flatMap(([partition, version]) =>
      source.kind === "source" && version !== emptyVersion ? [{ source, partition }] : [],
    )
  })
}
