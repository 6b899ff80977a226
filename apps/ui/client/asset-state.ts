import type { AssetStateDocument } from "./api/documents.ts"
import { contentStates, type StateName, stateNames } from "./ui/state-names.ts"

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

/** Counts assets by shown state, the most severe first; sources have none. */
export function countStates(assets: readonly AssetStateDocument[]) {
  const states = assets.map(getShownState)
  return contentStates.flatMap((state) => {
    const count = states.filter((shownState) => shownState === state).length
    return count === 0 ? [] : [[state, count] as const]
  })
}

/** Orders assets with trouble first; assets in the same state stay in their order. */
export function compareSeverity(first: AssetStateDocument, second: AssetStateDocument): number {
  return stateNames.indexOf(getShownState(first)) - stateNames.indexOf(getShownState(second))
}
