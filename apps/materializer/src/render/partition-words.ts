import type { Partitions } from "@freshet/core"

import { counted } from "./amount.ts"

const nouns = {
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  static: "key",
  none: "partition",
} as const satisfies Record<Partitions["kind"], string>

/** What one partition of this grain is called. */
export function partitionNoun({ kind }: Partitions): string {
  return nouns[kind]
}

/** How an asset is cut, in a word; empty where it is not. */
export function grainWord({ kind }: Partitions): string {
  return kind === "none" ? "" : kind
}

/** How an asset is cut, in words: `daily (UTC)`, `by 3 keys`. */
export function grainText(partitions: Partitions): string {
  if (partitions.kind === "none") return "not partitioned"
  if (partitions.kind === "static") return `by ${counted(partitions.keys.length, "key")}`
  return `${partitions.kind} (${partitions.zone})`
}
