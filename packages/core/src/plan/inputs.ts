import type { AnyAsset, Computation } from "../declare/asset.ts"
import { type PartitionRange, type Partitions, partitionKey } from "../declare/partition.ts"
import { type Read, relationName } from "../declare/read.ts"
import type { ReadVersions } from "../execute/effects.ts"
import type { Extents } from "../graph/extent.ts"
import { type Graph, type Reading, outputsOf, readingsIn } from "../graph/graph.ts"
import { intersection, partitionsRead } from "../graph/mapping.ts"
import type { Landing } from "./snapshot.ts"

/** What decides which partitions a read finds. */
export interface World {
  readonly graph: Graph
  readonly landing: Landing
  readonly extents: Extents
}

/** The partitions that one read of one partition finds. `short` when the window sticks out of history. */
export interface ReadRange extends Reading {
  readonly range: PartitionRange | undefined
  readonly short: boolean
  /** Why the partition cannot be made yet, when that is so. */
  readonly waitsFor: string | undefined
}

/** The version that stands for a partition without a file in a source that allows it. */
export const emptyVersion = "empty"

/** How a computation's assets are cut. */
export function partitionsOf(graph: Graph, computation: Computation): Partitions {
  return outputsOf(graph, computation)[0]?.partitions ?? { kind: "none" }
}

/** The reads of a computation, or other reads made from its partitions. */
export function readingsOf(
  { assets, readings }: Graph,
  computation: Computation,
  reads?: readonly Read[],
): readonly Reading[] {
  if (reads !== undefined) return readingsIn(assets, computation, reads)
  return readings.get(computation.name) ?? readingsIn(assets, computation)
}

/** What partition `index` of a computation reads, one entry a read. */
export function readRanges(
  world: World,
  computation: Computation,
  index: number,
  reads?: readonly Read[],
): readonly ReadRange[] {
  return readingsOf(world.graph, computation, reads).map((reading) => {
    const found = foundRange(world, reading, index)
    return { ...reading, ...found, waitsFor: waitsFor(world, reading, found) }
  })
}

type Found = { readonly range: PartitionRange | undefined; readonly short: boolean }

function foundRange(world: World, { read, asset, mapping }: Reading, index: number): Found {
  const extent = world.extents.get(asset.name)
  if (extent === undefined) return { range: undefined, short: read.window.kind === "offsets" }
  const wanted = partitionsRead(mapping, index)
  const range = intersection(wanted, extent)
  if (read.window.kind === "latest")
    return { range: range && newest(world, asset, range), short: false }
  return { range, short: isShort(read, wanted, range) }
}

/** Whether a window with two ends sticks out of what exists; the partition before the first one is no window. */
export function isShort(
  read: Read,
  wanted: PartitionRange,
  range: PartitionRange | undefined,
): boolean {
  if (read.window.kind === "previous" || wanted.from === -Infinity) return false
  return range?.from !== wanted.from || range.to !== wanted.to
}

function newest(world: World, asset: AnyAsset, range: PartitionRange): PartitionRange | undefined {
  if (asset.kind === "asset") return { from: range.to, to: range.to }
  const landed = world.landing.get(asset.name)
  for (let index = range.to; index >= range.from; index -= 1)
    if (landed?.has(index) === true) return { from: index, to: index }
  return undefined
}

function waitsFor(world: World, { read, asset }: Reading, found: Found): string | undefined {
  if (read.window.kind === "previous") return undefined
  if (found.range === undefined)
    return asset.kind === "source"
      ? `a file of ${asset.name}`
      : `${relationName(read)}, which has no partition`
  if (found.short && mustBeWhole(read)) return `the whole window of ${relationName(read)}`
  if (asset.kind === "asset" || asset.whenMissing === "empty") return undefined
  const landed = world.landing.get(asset.name)
  for (let index = found.range.from; index <= found.range.to; index += 1)
    if (landed?.has(index) !== true && asset.partitions.kind !== "none")
      return `the file of ${asset.name} for ${partitionKey(asset.partitions, index)}`
  return undefined
}

/** Whether nothing can be made from a short window of this read. */
export function mustBeWhole({ window }: Read): boolean {
  return window.kind === "offsets" && window.onShortWindow === "error"
}

/** Asset and partition → data version; undefined when it is not known to be right. */
export type VersionOf = (asset: AnyAsset, index: number) => string | undefined

/** The versions of everything that a partition reads; undefined as long as one of them is not known. */
export function readVersions(
  ranges: readonly ReadRange[],
  versionOf: VersionOf,
): readonly ReadVersions[] | undefined {
  const result: ReadVersions[] = []
  for (const { read, asset, range, short, waitsFor: waits } of ranges) {
    if (waits !== undefined) return undefined
    const versions: [number, string][] = []
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1) {
      const version = versionOf(asset, index)
      if (version === undefined) return undefined
      versions.push([index, version])
    }
    result.push({ relation: lastingRelation(read), asset: lastingName(asset), short, versions })
  }
  return result
}

/** The version of a landed partition, or of one without a file. */
export function landedVersion(landing: Landing, source: AnyAsset, index: number): string {
  return landing.get(source.name)?.get(index)?.version ?? emptyVersion
}

/** The name under which versions know an asset: its first one, so that a new name changes no version. */
export function lastingName(asset: AnyAsset): string {
  return asset.formerly[0] ?? asset.name
}

/** The name under which versions know what a read finds. */
export function lastingRelation(read: Read): string {
  const { asset, window } = read
  return relationName({ window, asset: asset && { name: lastingName(asset) } })
}

/** What tells one partition of an asset from another, for good: the index of a span of time, the key where keys are a set. */
export function lastingPartition(partitions: Partitions, index: number): number | string {
  return partitions.kind === "static" ? partitionKey(partitions, index) : index
}
