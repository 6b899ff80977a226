import type { Partitions } from "@freshet/core"
import { formatQuantity } from "@freshet/core/engine"

/** How an asset is cut, in a word; empty where it is not. */
export function formatGranularity({ kind }: Partitions): string {
  return kind === "none" ? "" : kind
}

/** How an asset is cut, in words: `daily (UTC)`, `by 3 keys`. */
export function describeGranularity(partitions: Partitions): string {
  if (partitions.kind === "none") return "not partitioned"
  if (partitions.kind === "static") return `by ${formatQuantity(partitions.keys.length, "key")}`
  return `${partitions.kind} (${partitions.zone})`
}
