import type { IconName } from "../ui/icons.tsx"

/** A page of the navigation. */
export interface NavigationEntry {
  readonly to:
    | "/"
    | "/catalog"
    | "/lineage"
    | "/runs"
    | "/schedules"
    | "/system"
    | "/recommendations"
    | "/films"
    | "/stocks"
  readonly icon: IconName
  readonly label: string
  /** The label on narrow screens, for a long one. */
  readonly narrowLabel?: string
  /** The asset that the page presents, for a page of a data product: without it the page is not listed. */
  readonly asset?: string
  /** True for a page that narrow screens list in the search only. */
  readonly isSecondary?: boolean
}

/** The pages of the navigation; data products are last. */
export const navigationEntries: readonly NavigationEntry[] = [
  { to: "/", icon: "today", label: "Today" },
  { to: "/catalog", icon: "catalog", label: "Catalog" },
  { to: "/lineage", icon: "lineage", label: "Lineage" },
  { to: "/runs", icon: "runs", label: "Runs" },
  { to: "/schedules", icon: "schedules", label: "Schedules", isSecondary: true },
  { to: "/system", icon: "system", label: "System", isSecondary: true },
  {
    to: "/recommendations",
    icon: "people",
    label: "Recommendations",
    narrowLabel: "Recs",
    asset: "user_recs",
  },
  { to: "/films", icon: "films", label: "Films", asset: "highest_rated_films", isSecondary: true },
  {
    to: "/stocks",
    icon: "stocks",
    label: "Stocks",
    asset: "tweets_sentiments_minute_sum",
    isSecondary: true,
  },
]
