import type { AssetStateDocument } from "./api/documents.ts"
import type { StateName } from "./ui/state.tsx"

/** Returns the state under which an asset is shown: blocked replaces stale and missing. */
export function getShownState({
  status,
  blocker,
  failed_upstream: failedUpstream,
}: Pick<AssetStateDocument, "status" | "blocker" | "failed_upstream">): StateName {
  const hasBlocker = blocker !== null || failedUpstream !== null
  return hasBlocker && (status === "stale" || status === "missing") ? "blocked" : status
}

/** Returns the cause of an asset's state in a few words: its root cause where one is known. */
export function getShownCause(
  asset: AssetStateDocument,
  rootCauses: ReadonlyMap<string, string>,
): string {
  const state = getShownState(asset)
  if (state === "fresh" || state === "source") return ""
  if (state === "blocked") return `by ${asset.failed_upstream ?? asset.blocker ?? ""}`
  const cause = (state === "failed" ? undefined : rootCauses.get(asset.name)) ?? asset.main_cause
  return cause === state ? "" : cause
}

/** Counts partitions by shown state, in the order of a bar. */
export function listPartitionCounts({ partitions }: Pick<AssetStateDocument, "partitions">) {
  const { fresh, stale, missing, failed, blocked } = partitions
  const blockedMissing = Math.min(missing, blocked)
  const blockedStale = Math.min(stale, blocked - blockedMissing)
  return [
    ["missing", missing - blockedMissing],
    ["fresh", fresh],
    ["failed", failed],
    ["blocked", blockedMissing + blockedStale],
    ["stale", stale - blockedStale],
  ] as const satisfies readonly (readonly [StateName, number])[]
}

/** Counts assets by shown state, sources left out. */
export function countStates(assets: readonly AssetStateDocument[]): ReadonlyMap<StateName, number> {
  const counts = new Map<StateName, number>()
  for (const asset of assets) {
    const state = getShownState(asset)
    if (state !== "source") counts.set(state, (counts.get(state) ?? 0) + 1)
  }
  return counts
}

const severities: readonly StateName[] = [
  "failed",
  "blocked",
  "stale",
  "missing",
  "fresh",
  "source",
]

/** Orders assets with trouble first; assets in the same state stay in their order. */
export function compareSeverity(first: AssetStateDocument, second: AssetStateDocument): number {
  return severities.indexOf(getShownState(first)) - severities.indexOf(getShownState(second))
}
