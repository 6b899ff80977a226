/** A publication set and what it shows: `stocktwits 2026-01-10`, or the set alone where its tables are not cut into partitions. */
export function formatSetPartition(set: string, key: string): string {
  return key === "all" ? set : `${set} ${key}`
}
