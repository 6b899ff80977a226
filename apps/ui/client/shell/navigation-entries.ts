import type { IconName } from "../ui/icons.tsx"

/** A page of the navigation. */
export interface NavigationEntry {
  readonly to: "/" | "/catalog" | "/lineage" | "/runs" | "/recommendations"
  readonly icon: IconName
  readonly label: string
  /** The asset that the page presents: without it the page is not listed. */
  readonly asset?: string
}

/** The pages of the navigation. */
export const navigationEntries: readonly NavigationEntry[] = [
  { to: "/", icon: "today", label: "Today" },
  { to: "/catalog", icon: "catalog", label: "Catalog" },
  { to: "/lineage", icon: "lineage", label: "Lineage" },
  { to: "/runs", icon: "runs", label: "Runs" },
  { to: "/recommendations", icon: "people", label: "Recommendations", asset: "user_recs" },
]
