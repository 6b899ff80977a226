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
import { findLandedRange } from "./partition-bounds.ts"
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
    const ends = listReadings(evaluation.graph, computation).flatMap((reading) =>
      keepsRemoved(reading) ? [findLastReader(evaluation, reading)] : [],
    )
    if (ends.length === 0) return []
    const ranges = listUnexplained(evaluation, computation, Math.max(...ends))
    return ranges.length === 0 ? [] : [{ computation, ranges }]
  })
}

/** Partitions of one computation. */
export interface ComputationRanges {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
}

/** Finds the files in some recorded reads that are no longer landed. */
export function buildRemovedInputs(
  inputs: EvaluationInputs,
  recordedReads: RecordedReads,
): RemovedInputs {
  const removedInputs = new Map<string, ReadonlyMap<number, RemovedReads>>()
  for (const computation of inputs.graph.computations) {
    const removed = new Map<number, RemovedReads>()
    const readings = listReadings(inputs.graph, computation).filter(keepsRemoved)
    for (const [partition, reads] of recordedReads.get(computation.name) ?? []) {
      const removedReads = findRemovedReads(inputs, readings, partition, reads)
      if (removedReads.size > 0) removed.set(partition, removedReads)
    }
    if (removed.size > 0) removedInputs.set(computation.name, removed)
  }
  return removedInputs
}

type SourceReading = Reading & { readonly asset: SourceAsset }

function keepsRemoved(reading: Reading): reading is SourceReading {
  const { asset } = reading
  return asset.kind === "source" && asset.whenRemoved === "keep" && isTimed(asset.partitions)
}

/** The last partition whose window reaches beyond the first landed file; −∞ for a source whose first possible file has landed. */
function findLastReader(inputs: EvaluationInputs, { asset, mapping }: SourceReading): number {
  const first = findFirstLanded(inputs, asset)
  const start = isTimed(asset.partitions) ? asset.partitions.start : -Infinity
  if (first <= start) return -Infinity
  return first === Infinity ? Infinity : listPartitionsReading(mapping, first - 1).to
}

/** The first landed partition of a source; ∞ without one. */
function findFirstLanded({ bounds, landing }: EvaluationInputs, source: SourceAsset): number {
  const range = bounds.get(source.name)
  if (range === undefined) return Infinity
  if (source.whenMissing !== "empty") return range.from
  return findLandedRange(landing, source.name, range)?.from ?? Infinity
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

/** Finds the reads of files before the first landed file, since the declared start of their source. */
function findRemovedReads(
  inputs: EvaluationInputs,
  readings: readonly SourceReading[],
  partition: number,
  recordedReads: readonly ReadVersions[],
): RemovedReads {
  const removedReads = new Map<string, ReadVersions["versions"]>()
  for (const reading of readings) {
    const { read, asset, mapping } = reading
    const start = isTimed(asset.partitions) ? asset.partitions.start : -Infinity
    const end = findFirstLanded(inputs, asset) - 1
    const wholeWindow = listPartitionsRead(mapping, partition)
    if (read.window.kind === "latest" && wholeWindow.to > end) continue // it reads a landed file
    const window = intersectRanges(wholeWindow, { from: start, to: end })
    const existing = inputs.bounds.get(asset.name)
    const relation = formatStableRelation(reading)
    const versions = recordedReads.find((recorded) => recorded.relation === relation)?.versions
    const removed = (versions ?? []).filter(([index, version]) => {
      const isEmptyAlready = version === emptyVersion && existing && isWithin(existing, index)
      return window && isWithin(window, index) && isEmptyAlready !== true
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
