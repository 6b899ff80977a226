import type { Graph } from "../graph/graph.ts"
import type { ReadVersions } from "../ports.ts"
import { type Fingerprint, type Lanes, formatFingerprint } from "./fingerprint.ts"
import { sumReadVersions } from "./input-fingerprint.ts"

/**
 * The version of an asset's checks on one partition: the version of their rules and, if they read more than the
 * partition's rows and inputs, the fingerprint of the data that they read. When it changes, the checks run again.
 */
function formatCheckVersion(rules: string, inputs: Fingerprint | undefined): string {
  return inputs === undefined ? rules : `${rules} ${formatFingerprint(inputs)}`
}

/** The version of an asset's checks at one place of the input fingerprints of its checks. */
export function getCheckVersion(rules: string, inputs: Lanes | undefined, at: number): string {
  if (inputs === undefined) return rules
  return formatCheckVersion(rules, { low: inputs.low[at] ?? 0, high: inputs.high[at] ?? 0 })
}

/** The version of an asset's checks that read these versions. */
export function computeCheckVersion(
  graph: Graph,
  rules: string,
  reads: readonly ReadVersions[],
): string {
  if (reads.length === 0) return rules
  const { low, high } = sumReadVersions(graph, reads)
  return formatCheckVersion(rules, { low: low >>> 0, high: high >>> 0 })
}
