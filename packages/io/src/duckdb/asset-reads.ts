import type { AnyAsset, Asset, Read } from "@freshet/core"
import { listReads, type PartitionText } from "@freshet/core/engine"

/** The example partition for binding: a query binds in the same way on all partitions. */
export const examplePartition: PartitionText = {
  key: "2000-01-01",
  day: "2000-01-01",
  start: "2000-01-01T00:00:00Z",
  end: "2000-01-02T00:00:00Z",
}

/** Tests if an asset is computed. */
export function isComputed(asset: AnyAsset): asset is Asset {
  return asset.kind === "asset"
}

/** Lists the reads of an asset's query and checks. */
export function listAssetReads(asset: Asset): readonly Read[] {
  const checks = asset.checks.flatMap(({ rule }) => (rule.kind === "no_rows" ? [rule.query] : []))
  return [...asset.computation.reads, ...listReads(...checks)]
}
