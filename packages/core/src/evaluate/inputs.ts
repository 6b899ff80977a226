import type { AnyAsset, Computation, Read, SourceAsset } from "../declare/declaration.ts"
import { type PartitionRange, type Partitions, formatPartitionKey } from "../declare/partition.ts"
import { formatRelationName } from "../declare/read.ts"
import { type Graph, type Reading, getOutputs, buildReadings } from "../graph/graph.ts"
import { intersectRanges, listPartitionsRead } from "../graph/mapping.ts"
import type { ReadVersions } from "../ports.ts"
import type { LandedPartition, Landing } from "./landing.ts"
import type { PartitionBounds } from "./partition-bounds.ts"

/** What decides which partitions a read finds. */
export interface EvaluationInputs {
  readonly graph: Graph
  readonly landing: Landing
  readonly bounds: PartitionBounds
}

/** The partitions that one read of one partition finds. `short` when the window sticks out of history. */
export interface ReadRange extends Reading {
  readonly range: PartitionRange | undefined
  readonly short: boolean
  /** Why the partition cannot be made yet, when that is so. */
  readonly blocker: string | undefined
}

/** The version that stands for a partition without a file in a source that allows it. */
export const emptyVersion = "empty"

/** How a computation's assets are cut. */
export function getPartitions(graph: Graph, computation: Computation): Partitions {
  return getOutputs(graph, computation)[0]?.partitions ?? { kind: "none" }
}

/** The reads of a computation, or other reads made from its partitions. */
export function listReadings(
  { assets, readings }: Graph,
  computation: Computation,
  reads?: readonly Read[],
): readonly Reading[] {
  if (reads !== undefined) return buildReadings(assets, computation, reads)
  return readings.get(computation.name) ?? buildReadings(assets, computation)
}

/** What partition `index` of a computation reads, one entry a read. */
export function listReadRanges(
  inputs: EvaluationInputs,
  computation: Computation,
  index: number,
  reads?: readonly Read[],
): readonly ReadRange[] {
  return listReadings(inputs.graph, computation, reads).map((reading) => {
    const windowRange = findWindowRange(inputs, reading, index)
    return { ...reading, ...windowRange, blocker: findBlocker(inputs, reading, windowRange) }
  })
}

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

/** Whether a window with two ends sticks out of what exists; the partition before the first one is no window. */
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
  { read, asset }: Reading,
  windowRange: WindowRange,
): string | undefined {
  if (read.window.kind === "previous") return undefined
  if (windowRange.range === undefined)
    return asset.kind === "source"
      ? `a file of ${asset.name}`
      : `${formatRelationName(read)}, which has no partition`
  if (windowRange.short && requiresWholeWindow(read))
    return `the whole window of ${formatRelationName(read)}`
  return asset.kind === "asset"
    ? undefined
    : findLandingBlocker(inputs.landing.get(asset.name), asset, windowRange.range)
}

function findLandingBlocker(
  landed: ReadonlyMap<number, LandedPartition> | undefined,
  { name, partitions, whenMissing }: SourceAsset,
  { from, to }: PartitionRange,
): string | undefined {
  const formatPlace = (index: number) =>
    partitions.kind === "none" ? name : `${name} for ${formatPartitionKey(partitions, index)}`
  const mustLand = whenMissing !== "empty" && partitions.kind !== "none"
  for (let index = from; index <= to; index += 1) {
    const problem = landed?.get(index)?.problem
    if (problem !== undefined) return `a usable file of ${formatPlace(index)} (${problem})`
    if (mustLand && landed?.has(index) !== true) return `the file of ${formatPlace(index)}`
  }
  return undefined
}

/** Whether nothing can be made from a short window of this read. */
export function requiresWholeWindow({ window }: Read): boolean {
  return window.kind === "offsets" && window.onShortWindow === "error"
}

/** Asset and partition → data version; undefined when it is not known to be right. */
export type VersionLookup = (asset: AnyAsset, index: number) => string | undefined

/** The versions of everything that a partition reads; undefined as long as one of them is not known. */
export function listReadVersions(
  ranges: readonly ReadRange[],
  findVersion: VersionLookup,
): readonly ReadVersions[] | undefined {
  const result: ReadVersions[] = []
  for (const { read, asset, range, short, blocker } of ranges) {
    if (blocker !== undefined) return undefined
    const versions: [number, string][] = []
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1) {
      const version = findVersion(asset, index)
      if (version === undefined) return undefined
      versions.push([index, version])
    }
    result.push({
      relation: formatStableRelation(read),
      asset: getStableName(asset),
      short,
      versions,
    })
  }
  return result
}

/** The version of a landed partition, or of one without a file. */
export function getLandedVersion(landing: Landing, source: AnyAsset, index: number): string {
  return landing.get(source.name)?.get(index)?.version ?? emptyVersion
}

/** The name under which versions know an asset: its first one, so that a new name changes no version. */
export function getStableName(asset: AnyAsset): string {
  return asset.previousNames[0] ?? asset.name
}

/** The name under which versions know what a read finds. */
export function formatStableRelation(read: Read): string {
  const { asset, window } = read
  return formatRelationName({ window, asset: asset && { name: getStableName(asset) } })
}

/** What tells one partition of an asset from another, for good: the index of a span of time, the key where keys are a set. */
export function getStablePartition(partitions: Partitions, index: number): number | string {
  return partitions.kind === "static" ? formatPartitionKey(partitions, index) : index
}
