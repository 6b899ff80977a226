import type { AnyAsset, Read } from "../declare/declaration.ts"

/**
 * Rule for the partitions of a reader whose window holds no partition of the upstream: `required` reads give it none,
 * `short` reads truncate or block it, and `optional` reads, of a source without required files, read no rows. A
 * `latest` read gives it none before the first partition of the upstream, and sets no other limit.
 */
export type ReadRule = "required" | "short" | "optional" | "latest"

/** The rule of one read of an asset. */
export function getReadRule({ window }: Read, asset: AnyAsset): ReadRule {
  if (window.kind === "latest") return "latest"
  if (window.kind === "offsets" && window.onShortWindow === "skip") return "required"
  if (asset.kind === "source" && asset.whenMissing === "empty") return "optional"
  return window.kind === "offsets" ? "short" : "required"
}
