import type { AssetDetailDocument } from "../../api/documents.ts"

type Read = AssetDetailDocument["reads"][number]

/** Formats the window of a read: `same day`, `last 7`; empty for an asset without partitions. */
export function formatReadWindow(
  { window }: Read,
  { partition_noun: noun }: Pick<AssetDetailDocument, "partition_noun">,
): string {
  if (window !== "same") return window
  return noun === null ? "" : `same ${noun}`
}
