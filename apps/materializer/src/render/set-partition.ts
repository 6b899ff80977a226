/** Formats a publication set and its partition: `stocktwits 2026-01-10`, or the set alone where its tables are not partitioned. The key is empty if its tables have no partition. */
export function formatSetPartition(set: string, key: string): string {
  if (key === "") return `${set} without partitions`
  return key === "all" ? set : `${set} ${key}`
}

/** Formats a partition of an asset: `likes 2026-01-05`, or the asset alone where it is not partitioned. */
export function formatAssetPartition(asset: string, key: string): string {
  if (key === "all") return asset
  return `${asset} ${/[\s,;:"'`]/.test(key) ? JSON.stringify(key) : key}`
}
