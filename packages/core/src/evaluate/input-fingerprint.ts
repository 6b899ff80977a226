import type { AnyAsset } from "../declare/declaration.ts"
import type { Graph, Reading } from "../graph/graph.ts"
import { findAssetByStableName, formatStableRelation } from "../graph/stable-name.ts"
import type { ReadVersions } from "../ports.ts"
import { type Fingerprint, fingerprintContent, computeFingerprint } from "./fingerprint.ts"
import { getStablePartition } from "./inputs.ts"

/**
 * Computes the fingerprint of a partition's code and inputs: the fingerprint of the code, plus for each read the sum of
 * the content fingerprints in its window times an odd factor of the relation; both halves modulo 2^32. The sum over a
 * window is the difference of two running sums.
 */
export function fingerprintInputs(
  graph: Graph,
  codeVersion: string,
  reads: readonly ReadVersions[],
): Fingerprint {
  const code = computeFingerprint(codeVersion)
  const { low, high } = sumReadVersions(graph, reads)
  return { low: (code.low + low) >>> 0, high: (code.high + high) >>> 0 }
}

/** Sums the content fingerprints of some reads, each times the factor of its relation; both halves modulo 2^32. */
export function sumReadVersions(graph: Graph, reads: readonly ReadVersions[]): Fingerprint {
  let [low, high] = [0, 0]
  for (const { relation, asset, versions } of reads) {
    const factor = computeRelationFactor(relation)
    const sum = sumVersions(findAssetByStableName(graph, asset), versions)
    low = (low + Math.imul(factor.low, sum.low)) | 0
    high = (high + Math.imul(factor.high, sum.high)) | 0
  }
  return { low, high }
}

/** Sums the content fingerprints of some partitions of an asset. */
export function sumVersions(
  asset: AnyAsset | undefined,
  versions: readonly (readonly [number, string])[],
): Fingerprint {
  let [low, high] = [0, 0]
  for (const [index, version] of versions) {
    const partition = asset === undefined ? index : getStablePartition(asset.partitions, index)
    const content = fingerprintContent(partition, version)
    low = (low + content.low) | 0
    high = (high + content.high) | 0
  }
  return { low, high }
}

/** Computes the odd factor of a read's window sum. */
export function computeReadFactor(reading: Reading): Fingerprint {
  return computeRelationFactor(formatStableRelation(reading))
}

function computeRelationFactor(relation: string): Fingerprint {
  const { low, high } = computeFingerprint(relation)
  return { low: low | 1, high: high | 1 }
}
