import type { IconName } from "../ui/icons.tsx"

/** A page of the navigation. */
export interface NavigationEntry {
  readonly to: "/" | "/catalog" | "/lineage" | "/runs"
  readonly icon: IconName
  readonly label: string
}

/** The pages of the navigation. */
export const navigationEntries: readonly NavigationEntry[] = [
  { to: "/", icon: "today", label: "Today" },
  { to: "/catalog", icon: "catalog", label: "Catalog" },
  { to: "/lineage", icon: "lineage", label: "Lineage" },
  { to: "/runs", icon: "runs", label: "Runs" },
]
