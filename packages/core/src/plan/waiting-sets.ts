import type { Asset } from "../declare/declaration.ts"
import { formatPartitionKey } from "../declare/partition.ts"
import { formatBlocker } from "../evaluate/blocker.ts"
import { listReadings } from "../evaluate/inputs.ts"
import { isExisting } from "../evaluate/partition-bounds.ts"
import { getStatus } from "../evaluate/staleness.ts"
import {
  type Evaluation,
  failsChecks,
  isChecked,
  stateFlags,
  stateFlagsAt,
} from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import { isWithin } from "../graph/mapping.ts"
import { listPublished, findSetPublication, groupPublicationSets } from "./publication-set.ts"
import { isReadyToPublish } from "./publication.ts"

/** A publication set that cannot be published for the newest partition that one of its assets has. */
export interface WaitingSet {
  readonly set: string
  readonly assets: readonly Asset[]
  readonly partition: number
  readonly key: string
  /** Key of the newest partition in its tables; undefined before the first publication. */
  readonly published: string | undefined
  /** The assets without this partition, or whose rows cannot be published. */
  readonly waitsFor: readonly AwaitedAsset[]
}

/** An asset for which a publication set waits. */
export interface AwaitedAsset {
  readonly asset: string
  /** The reason in words: `its newest partition is 2026-01-30`. */
  readonly reason: string
}

/** Finds the sets that cannot move to the newest partition of one of their assets. `willBeReady` tests whether the rows of a partition are ready to publish or will be. */
export function findWaitingSets(
  evaluation: Evaluation,
  sets: Iterable<string>,
  willBeReady: (asset: Asset, partition: number) => boolean,
): readonly WaitingSet[] {
  const assetsBySet = groupPublicationSets(evaluation.graph)
  return [...sets].flatMap((set) => {
    const assets = assetsBySet.get(set) ?? []
    const partition = findNewestOfAny(evaluation, assets)
    const [first] = assets
    if (first === undefined || partition === undefined) return []
    if (assets.every((asset) => contains(evaluation, asset, partition))) return []
    const waitsFor = assets
      .filter((asset) => !willBeReady(asset, partition))
      .map((asset) => ({ asset: asset.name, reason: explainWait(evaluation, asset, partition) }))
    if (waitsFor.length === 0) return []
    const key = formatPartitionKey(first.partitions, partition)
    const publishedKey = findSetPublication(evaluation, set, assets)?.partitionKey
    return [{ set, assets, partition, key, published: publishedKey, waitsFor }]
  })
}

/** Tests whether the table of an asset contains a partition or a newer one. */
function contains(evaluation: Evaluation, asset: Asset, index: number): boolean {
  return listPublished(evaluation, asset).some(({ partition = -Infinity }) => partition >= index)
}

/** Finds the newest partition that any asset of a set has. Assets that only the clock ends count only if all are of that kind. */
function findNewestOfAny(evaluation: Evaluation, assets: readonly Asset[]): number | undefined {
  const endedByData = assets.filter((asset) => isEndedByData(evaluation.graph, asset))
  const decisive = endedByData.length === 0 ? assets : endedByData
  const ends = decisive.flatMap(({ name }) => evaluation.bounds.get(name)?.to ?? [])
  return ends.length === 0 ? undefined : Math.max(...ends)
}

/** Tests whether the partitions of an asset end with the files of a source, which it reads directly or not. */
function isEndedByData(graph: Graph, asset: Asset): boolean {
  const visited = new Set([asset])
  for (const { computation } of visited)
    for (const { read, asset: upstream, mapping } of listReadings(graph, computation)) {
      if (read.window.kind === "latest" || mapping.kind === "whole") continue
      if (upstream.kind === "asset") visited.add(upstream)
      else if (upstream.whenMissing !== "empty") return true
    }
  return false
}

function explainWait(evaluation: Evaluation, asset: Asset, partition: number): string {
  const range = evaluation.bounds.get(asset.name)
  if (range === undefined) return "it has no partition yet"
  if (!isWithin(range, partition)) {
    const isLate = partition > range.to
    const key = formatPartitionKey(asset.partitions, isLate ? range.to : range.from)
    return `its ${isLate ? "newest" : "first"} partition is ${key}`
  }
  if (failsChecks(evaluation, asset.name, partition)) return "its rows fail a check"
  const status = getStatus(evaluation, asset.computation, partition)
  if (status.kind === "fresh") return "it is blocked by failed checks of its upstream"
  if (status.blocker === undefined) return `it is ${status.kind}`
  const blocker = formatBlocker(status.blocker)
  return status.blocker.kind === "missing_files" ? `it ${blocker}` : `it is ${blocker}`
}

/** Tests whether the rows of a partition are ready to publish, or a run can materialize or check them now. */
export function canBecomeReady(evaluation: Evaluation, asset: Asset, partition: number): boolean {
  const flags = stateFlagsAt(evaluation, asset.computation, partition)
  if (!isExisting(evaluation, asset, partition) || (flags & stateFlags.blocked) !== 0) return false
  if ((flags & stateFlags.fresh) === 0 || !isChecked(evaluation, asset, partition)) return true
  return isReadyToPublish(evaluation, asset, partition)
}
