import { formatAssetPath, formatPath } from "../../api/use-document.ts"

const shownPartitions = 30
const windowSize = 120

/** Formats the address of the newest partitions, for the overview. */
export function formatNewestPath(asset: string): string {
  return formatPath(formatAssetPath(asset, "/partitions"), { limit: shownPartitions })
}

/** Formats the address of a window of partitions, counted from the newest. */
export function formatWindowPath(asset: string, offset: number): string {
  return formatPath(formatAssetPath(asset, "/partitions"), { offset, limit: windowSize })
}

/** Lists the addresses of the documents that a tab of an asset begins with. */
export function listAssetPaths(asset: string, tab: string | undefined): readonly string[] {
  const paths = [formatAssetPath(asset)]
  if (tab === undefined) return [...paths, formatNewestPath(asset)]
  return tab === "partitions" ? [...paths, formatWindowPath(asset, 0)] : paths
}
