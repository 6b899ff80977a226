import type { AnyAsset, Asset, Computation, Read, SourceAsset } from "../declare/declaration.ts"
import { type PartitionRange, type Partitions, formatPartitionKey } from "../declare/partition.ts"
import { formatRelationName } from "../declare/read.ts"
import { type Graph, type Reading, getOutputs, buildReadings } from "../graph/graph.ts"
import { intersectRanges, listPartitionsRead } from "../graph/mapping.ts"
import { getReadRule } from "../graph/read-rule.ts"
import { formatStableRelation } from "../graph/stable-name.ts"
import { listPartitions } from "../partitions/range-algebra.ts"
import type { ReadVersions } from "../ports.ts"
import { type Blocker, createMissingFilesBlocker } from "./blocker.ts"
import type { LandedPartition, Landing } from "./landing.ts"
import type { PartitionBounds } from "./partition-bounds.ts"
import type { RecordedInputs } from "./recorded-reads.ts"

/** The inputs of an evaluation that decide which partitions a read finds. */
export interface EvaluationInputs extends RecordedInputs {
  readonly graph: Graph
  readonly landing: Landing
  readonly bounds: PartitionBounds
}

/** The existing partitions in the window of one read of one partition. `short` is true when the window holds partitions that do not exist. */
export interface ReadRange extends Reading {
  readonly range: PartitionRange | undefined
  readonly short: boolean
  /** The files in the window that the partition's rows were computed from and that are no longer landed, with their versions. They are older than the landed files. */
  readonly removed: ReadVersions["versions"]
  /** The recorded read that a read as landed is pinned to; undefined for a read of the landed files. */
  readonly pinned: ReadVersions | undefined
  /** The input that blocks the partition; undefined when there is none. */
  readonly blocker: Blocker | undefined
}

/** The version of a partition without a file, in a source that allows it. */
export const emptyVersion = "empty"

/** The partitions of a computation's outputs. */
export function getPartitions(graph: Graph, computation: Computation): Partitions {
  return getOutputs(graph, computation)[0]?.partitions ?? { kind: "none" }
}

/** The reads of a computation. */
export function listReadings(
  { assets, readings }: Graph,
  computation: Computation,
): readonly Reading[] {
  return readings.get(computation.name) ?? buildReadings(assets, computation)
}

/** The reads of a computation and those of its outputs' checks. */
export function listStepReadings(graph: Graph, computation: Computation): readonly Reading[] {
  const readings = listReadings(graph, computation)
  if (graph.checkReadings.size === 0) return readings
  const checkReadings = computation.outputs.flatMap(
    ({ asset }) => graph.checkReadings.get(asset) ?? [],
  )
  return [...readings, ...checkReadings]
}

/** The partitions that partition `index` of a computation reads, one entry per read. */
export function listReadRanges(
  inputs: EvaluationInputs,
  computation: Computation,
  index: number,
): readonly ReadRange[] {
  return toReadRanges(inputs, listReadings(inputs.graph, computation), { computation, index })
}

/** The partitions that only the checks of an asset read on partition `index`, one entry per read. */
export function listCheckRanges(
  inputs: EvaluationInputs,
  { name, computation }: Asset,
  index: number,
): readonly ReadRange[] {
  const readings = inputs.graph.checkReadings.get(name) ?? []
  return toReadRanges(inputs, readings, { computation, index })
}

/** The partitions that a computation and the checks of its outputs read on partition `index`, one entry per read. */
export function listStepRanges(
  inputs: EvaluationInputs,
  computation: Computation,
  index: number,
): readonly ReadRange[] {
  return toReadRanges(inputs, listStepReadings(inputs.graph, computation), { computation, index })
}

function toReadRanges(
  inputs: EvaluationInputs,
  readings: readonly Reading[],
  { computation, index }: { readonly computation: Computation; readonly index: number },
): readonly ReadRange[] {
  const removedReads = inputs.removedInputs?.get(computation.name)?.get(index)
  const pinnedReads = inputs.pinnedInputs?.get(computation.name)?.get(index)
  return readings.map((reading) => {
    const isRecorded = reading.checkedAsset === undefined
    const pinned = isRecorded ? pinnedReads?.get(formatStableRelation(reading)) : undefined
    const removed = isRecorded ? removedReads?.get(formatStableRelation(reading)) : undefined
    const windowRange = findWindowRange(inputs, reading, index)
    const isReadable =
      pinned !== undefined || (removed !== undefined && windowRange.range === undefined)
    const blocker = isReadable
      ? undefined
      : findBlocker(
          inputs,
          reading,
          index,
          removed ? { ...windowRange, short: false } : windowRange,
        )
    return { ...reading, ...windowRange, removed: removed ?? noVersions, pinned, blocker }
  })
}

const noVersions: ReadVersions["versions"] = []

type WindowRange = { readonly range: PartitionRange | undefined; readonly short: boolean }

function findWindowRange(
  inputs: EvaluationInputs,
  { read, asset, mapping }: Reading,
  index: number,
): WindowRange {
  const assetRange = inputs.bounds.get(asset.name)
  if (assetRange === undefined) return { range: undefined, short: read.window.kind === "offsets" }
  const window = listPartitionsRead(mapping, index)
  const range = intersectRanges(window, assetRange)
  if (read.window.kind === "latest")
    return { range: range && findNewest(inputs, asset, range), short: false }
  return { range, short: isShortWindow(read, window, range) }
}

/** Tests whether a window with two ends holds partitions that do not exist. The read of the previous partition is never short. */
export function isShortWindow(
  read: Read,
  window: PartitionRange,
  range: PartitionRange | undefined,
): boolean {
  if (read.window.kind === "previous" || window.from === -Infinity) return false
  return range?.from !== window.from || range.to !== window.to
}

function findNewest(
  inputs: EvaluationInputs,
  asset: AnyAsset,
  range: PartitionRange,
): PartitionRange | undefined {
  if (asset.kind === "asset") return { from: range.to, to: range.to }
  const landed = inputs.landing.get(asset.name)
  for (let index = range.to; index >= range.from; index -= 1)
    if (landed?.has(index) === true) return { from: index, to: index }
  return undefined
}

function findBlocker(
  inputs: EvaluationInputs,
  { read, asset, mapping, checkedAsset }: Reading,
  index: number,
  windowRange: WindowRange,
): Blocker | undefined {
  if (read.window.kind === "previous") return undefined
  if (windowRange.range === undefined && requiresPartition(inputs, { read, asset, checkedAsset }))
    return asset.kind === "source"
      ? createMissingFilesBlocker(asset, listFinite(listPartitionsRead(mapping, index)))
      : { kind: "unusable", text: `${formatRelationName(read)}, which has no partition` }
  if (windowRange.short && requiresWholeWindow(read))
    return { kind: "unusable", text: `the incomplete window of ${formatRelationName(read)}` }
  return asset.kind === "asset" || windowRange.range === undefined
    ? undefined
    : findLandingBlocker(inputs.landing.get(asset.name), asset, windowRange.range)
}

/** Tests whether an empty window of this read blocks its reader. */
export function requiresPartition(
  { bounds }: Pick<EvaluationInputs, "bounds">,
  { read, asset, checkedAsset }: Pick<Reading, "read" | "asset" | "checkedAsset">,
): boolean {
  if (checkedAsset !== undefined) return requiresWholeWindow(read)
  const rule = getReadRule(read, asset)
  return rule !== "optional" && (rule !== "short" || !bounds.has(asset.name))
}

/** Lists the partitions of a window with two ends; none of other windows. */
function listFinite({ from, to }: PartitionRange): readonly number[] {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return []
  return [...listPartitions([{ from, to }])]
}

function findLandingBlocker(
  landed: ReadonlyMap<number, LandedPartition> | undefined,
  source: SourceAsset,
  { from, to }: PartitionRange,
): Blocker | undefined {
  const { name, partitions } = source
  const formatPlace = (index: number) =>
    partitions.kind === "none" ? name : `${name} for ${formatPartitionKey(partitions, index)}`
  const mustLand = requiresFiles(source)
  const missingIndexes: number[] = []
  for (let index = from; index <= to; index += 1) {
    const problem = landed?.get(index)?.problem
    if (problem !== undefined)
      return { kind: "unusable", text: `the unusable file of ${formatPlace(index)} (${problem})` }
    if (mustLand && landed?.has(index) !== true) missingIndexes.push(index)
  }
  return missingIndexes.length === 0 ? undefined : createMissingFilesBlocker(source, missingIndexes)
}

/** Tests whether a partition without a file blocks its readers. The partition of an unpartitioned source exists only with its file, or the file is optional. */
export function requiresFiles({ whenMissing, partitions }: SourceAsset): boolean {
  return whenMissing === "wait" && partitions.kind !== "none"
}

/** Tests whether a short window of this read blocks its reader. */
export function requiresWholeWindow({ window }: Read): boolean {
  return window.kind === "offsets" && window.onShortWindow === "error"
}

/** Asset and partition → data version; undefined when it is not fresh. */
export type VersionLookup = (asset: AnyAsset, index: number) => string | undefined

/** The versions of all inputs of a partition; undefined when one of them is not fresh or missing. */
export function listReadVersions(
  ranges: readonly ReadRange[],
  findVersion: VersionLookup,
): readonly ReadVersions[] | undefined {
  const result: ReadVersions[] = []
  for (const reading of ranges) {
    const { asset, range, short, removed, pinned, blocker, stableName } = reading
    if (blocker !== undefined) return undefined
    if (pinned !== undefined) {
      result.push(pinned)
      continue
    }
    const removedVersions = new Map(removed)
    const versions = removed.filter(([index]) => range === undefined || index < range.from)
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1) {
      const version = removedVersions.get(index) ?? findVersion(asset, index)
      if (version === undefined) return undefined
      versions.push([index, version])
    }
    result.push({
      relation: formatStableRelation(reading),
      asset: stableName,
      short,
      versions,
    })
  }
  return result
}

/** The version of a landed partition; `emptyVersion` for a partition without a file. */
export function getLandedVersion(landing: Landing, source: AnyAsset, index: number): string {
  return landing.get(source.name)?.get(index)?.version ?? emptyVersion
}

/** The stable identity of a partition: its key if it is a static key, since the list may change, and its index otherwise. */
export function getStablePartition(partitions: Partitions, index: number): number | string {
  return partitions.kind === "static" ? formatPartitionKey(partitions, index) : index
}
