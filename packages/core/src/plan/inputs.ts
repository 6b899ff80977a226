import type { AnyAsset, Computation } from "../declare/asset.ts"
import { type PartitionRange, partitionKey } from "../declare/partition.ts"
import { type Read, relationName } from "../declare/read.ts"
import type { ReadVersions } from "../execute/effects.ts"
import type { Extents } from "../graph/extent.ts"
import { type Graph, assetRead } from "../graph/graph.ts"
import { intersection, partitionsRead } from "../graph/mapping.ts"
import type { Landing } from "./snapshot.ts"

/** What decides which partitions a read finds. */
export interface World {
  readonly graph: Graph
  readonly landing: Landing
  readonly extents: Extents
}

/** The partitions that one read of one partition finds. `short` when the window sticks out of history. */
export interface ReadRange {
  readonly read: Read
  readonly asset: AnyAsset
  readonly range: PartitionRange | undefined
  readonly short: boolean
  /** Why the partition cannot be made yet, when that is so. */
  readonly waitsFor: string | undefined
}

/** The version that stands for a day without a file in a source that allows it. */
export const emptyVersion = "empty"

/** What partition `index` of a computation reads, one entry a read. */
export function readRanges(
  world: World,
  computation: Computation,
  index: number,
): readonly ReadRange[] {
  return computation.reads.map((read) => {
    const asset = assetRead(world.graph, computation, read)
    const found = foundRange(world, computation, read, index)
    return { read, asset, ...found, waitsFor: waitsFor(world, read, asset, found) }
  })
}

type Found = { readonly range: PartitionRange | undefined; readonly short: boolean }

function foundRange(world: World, computation: Computation, read: Read, index: number): Found {
  const asset = assetRead(world.graph, computation, read)
  const extent = world.extents.get(asset.name)
  if (extent === undefined) return { range: undefined, short: read.window.kind === "offsets" }
  const reader = world.graph.assets.get(computation.outputs[0]?.asset ?? "")
  const uncut = reader?.partitions.kind === "none" || asset.partitions.kind === "none"
  const wanted = uncut ? extent : partitionsRead(read.window, index)
  const range = intersection(wanted, extent)
  if (read.window.kind === "latest")
    return { range: range && newest(world, asset, range), short: false }
  const short =
    read.window.kind === "offsets" && (range?.from !== wanted.from || range.to !== wanted.to)
  return { range, short }
}

function newest(world: World, asset: AnyAsset, range: PartitionRange): PartitionRange | undefined {
  if (asset.kind === "asset") return { from: range.to, to: range.to }
  const landed = world.landing.get(asset.name)
  for (let index = range.to; index >= range.from; index -= 1)
    if (landed?.has(index) === true) return { from: index, to: index }
  return undefined
}

function waitsFor(world: World, read: Read, asset: AnyAsset, found: Found): string | undefined {
  if (read.window.kind === "previous") return undefined
  if (found.range === undefined)
    return asset.kind === "source"
      ? `a file of ${asset.name}`
      : `${relationName(read)}, which has no partition`
  if (found.short && read.window.kind === "offsets" && read.window.onShortWindow === "error")
    return `the whole window of ${relationName(read)}`
  if (asset.kind === "asset" || asset.whenMissing === "empty") return undefined
  const landed = world.landing.get(asset.name)
  for (let index = found.range.from; index <= found.range.to; index += 1)
    if (landed?.has(index) !== true && asset.partitions.kind !== "none")
      return `the file of ${asset.name} for ${partitionKey(asset.partitions, index)}`
  return undefined
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
    result.push({ relation: relationName(read), asset: asset.name, short, versions })
  }
  return result
}

/** The version of a landed partition, or of a day without a file. */
export function landedVersion(landing: Landing, source: AnyAsset, index: number): string {
  return landing.get(source.name)?.get(index)?.version ?? emptyVersion
}
