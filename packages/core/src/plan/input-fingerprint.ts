import type { AnyAsset } from "../declare/asset.ts"
import type { Read } from "../declare/read.ts"
import type { ReadVersions } from "../execute/effects.ts"
import { type Fingerprint, contentFingerprint, fingerprint } from "../fingerprint.ts"
import type { Graph } from "../graph/graph.ts"
import { lastingName, lastingPartition, lastingRelation } from "./inputs.ts"

/**
 * The fingerprint of what a partition is made from: that of the code, plus for each read the sum of the content
 * fingerprints of its window, times an odd number that stands for the relation; both halves modulo 2^32.
 * A sum, because that of a window is the difference of two running sums.
 */
export function inputFingerprint(
  graph: Graph,
  codeVersion: string,
  reads: readonly ReadVersions[],
): Fingerprint {
  const byName = byLastingName(graph)
  let { low, high } = fingerprint(codeVersion)
  for (const { relation, asset, versions } of reads) {
    const factor = relationFactor(relation)
    const sum = windowSum(byName.get(asset), versions)
    low += Math.imul(factor.low, sum.low)
    high += Math.imul(factor.high, sum.high)
  }
  return { low: low >>> 0, high: high >>> 0 }
}

const knownNames = new WeakMap<Graph, ReadonlyMap<string, AnyAsset>>()

function byLastingName(graph: Graph): ReadonlyMap<string, AnyAsset> {
  const before = knownNames.get(graph)
  if (before !== undefined) return before
  const byName = new Map([...graph.assets.values()].map((asset) => [lastingName(asset), asset]))
  knownNames.set(graph, byName)
  return byName
}

function windowSum(
  asset: AnyAsset | undefined,
  versions: readonly (readonly [number, string])[],
): Fingerprint {
  let [low, high] = [0, 0]
  for (const [index, version] of versions) {
    const partition = asset === undefined ? index : lastingPartition(asset.partitions, index)
    const content = contentFingerprint(partition, version)
    low = (low + content.low) | 0
    high = (high + content.high) | 0
  }
  return { low, high }
}

/** What the sum over a read's window is multiplied by. */
export function readFactor(read: Read): Fingerprint {
  return relationFactor(lastingRelation(read))
}

function relationFactor(relation: string): Fingerprint {
  const { low, high } = fingerprint(relation)
  return { low: low | 1, high: high | 1 }
}
