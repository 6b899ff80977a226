import type { AssetStateDocument } from "../../api/documents.ts"
import { getShownState } from "../../asset-state.ts"

/** Tests an asset against a chip. */
export function matchesState(asset: AssetStateDocument, state: string | undefined): boolean {
  if (state === undefined) return true
  if (state === "overdue") return asset.overdue !== null
  if (state === "due_soon") return asset.due_soon !== null
  if (state === "attention")
    return asset.overdue !== null || !["fresh", "source"].includes(getShownState(asset))
  return getShownState(asset) === state
}
