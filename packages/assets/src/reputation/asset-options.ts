import { type Asset, type Columns, daily, type Daily, dueBy } from "@freshet/core"

/** Any asset of this group. */
export type DailyAsset = Asset<string, Columns, Daily>

const commonOptions = {
  group: "reputation",
  owners: ["recommendations"],
  /** One partition per calendar day (UTC); the landed files decide how many exist. */
  partitions: daily({ start: "2000-01-01" }),
} as const

/** Options of sources. */
export const landedOptions = { ...commonOptions, tags: ["landed"] } as const

/** Options of assets that are computed for each day by itself. */
export const dailyOptions = { ...commonOptions, tags: ["daily"] } as const

/** Options of the assets that the site shows. */
export const publishedOptions = {
  group: commonOptions.group,
  owners: commonOptions.owners,
  tags: ["published"],
  freshness: dueBy("09:00", "UTC"),
} as const

/** The published tables change together. */
export const publicationSet = { set: "graph_recs" } as const
