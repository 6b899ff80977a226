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
import type { ReadVersions } from "../ports.ts"
import { type EvaluationInputs, emptyVersion, listReadings } from "./inputs.ts"
import { findLandedRange, isExisting } from "./partition-bounds.ts"
import type { RecordedReads, RemovedInputs, RemovedReads } from "./recorded-reads.ts"

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
  /** The partitions whose files may have been removed: the declared ones before the first landed file. */
  readonly removable: PartitionRange
  /** Undefined when no file is landed. */
  readonly firstLanded: number | undefined
}

function listRemovableReads(
  { graph, bounds, landing }: EvaluationInputs,
  computation: Computation,
): readonly RemovableRead[] {
  return listReadings(graph, computation).flatMap((reading) => {
    const { asset, read } = reading
    const isKept = asset.kind === "source" && asset.whenRemoved === "keep" && read.asLanded !== true
    if (!isKept || !isTimed(asset.partitions)) return []
    const range = bounds.get(asset.name)
    const firstLanded = (range && findLandedRange(landing, asset.name, range))?.from
    const { start, end = Infinity } = asset.partitions
    const removable = { from: start, to: Math.min((firstLanded ?? Infinity) - 1, end) }
    return removable.from <= removable.to ? [{ reading, removable, firstLanded }] : []
  })
}

/** Finds the last partition whose window reaches beyond the first landed file of a source that keeps what was computed; undefined if no window does. */
export function findLastRemovable(
  inputs: EvaluationInputs,
  computation: Computation,
): number | undefined {
  const reads = listRemovableReads(inputs, computation)
  return reads.length === 0 ? undefined : Math.max(...reads.map(findLastReader))
}

function findLastReader({ reading: { mapping }, removable: { to } }: RemovableRead): number {
  return to === Infinity ? Infinity : listPartitionsReading(mapping, to).to
}

/** Finds the reads of removed files. */
function findRemovedReads(
  inputs: EvaluationInputs,
  removableReads: readonly RemovableRead[],
  partition: number,
  recordedReads: readonly ReadVersions[],
): RemovedReads {
  const removedReads = new Map<string, ReadVersions["versions"]>()
  for (const { reading, removable, firstLanded } of removableReads) {
    const { read, asset, mapping } = reading
    const wholeWindow = listPartitionsRead(mapping, partition)
    if (read.window.kind === "latest" && firstLanded !== undefined && wholeWindow.to >= firstLanded)
      continue // it reads a landed file
    const window = intersectRanges(wholeWindow, removable)
    const relation = formatStableRelation(reading)
    const versions = recordedReads.find((recorded) => recorded.relation === relation)?.versions
    const newest = inputs.bounds.get(asset.name)?.to ?? Infinity // a clock that went back leaves later ones
    const removed = (versions ?? []).filter(([index, version]) => {
      const isEmptyAlready = version === emptyVersion && isExisting(inputs, asset, index)
      const isLanded = inputs.landing.get(asset.name)?.has(index) === true
      const isRemovable = window !== undefined && isWithin(window, index) && index <= newest
      return isRemovable && !isEmptyAlready && !isLanded
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
