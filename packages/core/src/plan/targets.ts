import {
  type PartitionRange,
  type Partitions,
  getNewestClosed,
  isTimed,
} from "../declare/partition.ts"
import { numberGraph } from "../evaluate/numbered-graph.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { findSetBounds, groupPublicationSets } from "./publication-set.ts"
import { chooseEmptyContents } from "./table-content.ts"

/** The requested partitions of one asset. */
export interface Target {
  readonly name: string
  /** The number of its computation. */
  readonly number: number
  readonly ranges: readonly PartitionRange[]
}

/** Resolves requested partitions by asset name. Throws a TypeError for an unknown name. */
export function listTargets(
  { graph }: Evaluation,
  requestedRanges: ReadonlyMap<string, readonly PartitionRange[]>,
): readonly Target[] {
  const { makers } = numberGraph(graph)
  const targets: Target[] = []
  for (const [name, ranges] of requestedRanges) {
    const number = makers.get(name)
    if (number === undefined) throw new TypeError(`no asset is named ${name}`)
    targets.push({ name, number, ranges })
  }
  return targets
}

/**
 * The newest partition of each of these assets that had ended at `asOfMs`, or all of its static keys; an asset without
 * partitions is left out, or has no range if its table is to be emptied. Of a published asset also the newest partition
 * that every asset of its set has, so that the set can be published.
 */
export function listNewestTargets(
  evaluation: Evaluation,
  names: Iterable<string>,
  asOfMs = Infinity,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const targets = new Map<string, readonly PartitionRange[]>()
  const sets = groupPublicationSets(evaluation.graph)
  for (const name of names) {
    const assetRange = evaluation.bounds.get(name)
    const asset = evaluation.graph.assets.get(name)
    if (asset?.kind !== "asset") continue
    const setAssets = sets.get(asset.publish?.set ?? "") ?? [asset]
    if (assetRange === undefined) {
      if (chooseEmptyContents(evaluation, setAssets) !== undefined) targets.set(name, [])
      continue
    }
    const to = findNewest(asset.partitions, assetRange, asOfMs)
    const from = asset.partitions.kind === "static" ? assetRange.from : to
    if (to < assetRange.from) continue
    const setRange = findSetBounds(evaluation, setAssets)
    const common = setRange && findNewest(asset.partitions, setRange, asOfMs)
    const hasCommon = common !== undefined && common >= assetRange.from && common < from
    targets.set(name, [...(hasCommon ? [{ from: common, to: common }] : []), { from, to }])
  }
  return targets
}

function findNewest(partitions: Partitions, { to }: PartitionRange, asOfMs: number): number {
  return isTimed(partitions) && asOfMs !== Infinity
    ? Math.min(to, getNewestClosed(partitions, asOfMs))
    : to
}
