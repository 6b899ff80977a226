import { type Asset, type Columns, daily, type Daily, dueBy } from "@freshet/core"

/** One partition per calendar day (UTC); the landed files decide how many exist. */
const dailyPartitions = daily({ start: "2000-01-01" })

/** Any asset of this group. */
export type DailyAsset = Asset<string, Columns, Daily>

const commonOptions = {
  group: "stocktwits",
  owners: ["recommendations"],
  partitions: dailyPartitions,
} as const

/** Options of sources. */
export const landedOptions = { ...commonOptions, tags: ["landed"] } as const

/** Options of assets that read one day. */
export const dailyOptions = { ...commonOptions, tags: ["daily"] } as const

/** Options of assets that accumulate from the first day on. */
export const cumulativeOptions = { ...commonOptions, tags: ["to_date"] } as const

/** Options of assets that read the window ending with the day. */
export const windowOptions = { ...commonOptions, tags: ["window"] } as const

/** Options of the assets that the site shows. */
export const publishedOptions = {
  ...commonOptions,
  tags: ["published"],
  freshness: dueBy("07:00", "UTC"),
} as const

/** The published tables change together. */
export const publicationSet = { set: "stocktwits" } as const
