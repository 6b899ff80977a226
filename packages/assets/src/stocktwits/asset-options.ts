import { type Asset, type Columns, daily, type Daily, dueBy } from "@freshet/core"

/** One partition a calendar day (UTC); how many there are follows from the files that have landed. */
const dailyPartitions = daily({ start: "2000-01-01" })

/** Any dataset of this group. */
export type DailyAsset = Asset<string, Columns, Daily>

const commonOptions = {
  group: "stocktwits",
  owners: ["recommendations"],
  partitions: dailyPartitions,
} as const

/** What is landed by others. */
export const landedOptions = { ...commonOptions, tags: ["landed"] } as const

/** What knows of one day only. */
export const dailyOptions = { ...commonOptions, tags: ["daily"] } as const

/** What accumulates from the first day on. */
export const cumulativeOptions = { ...commonOptions, tags: ["to_date"] } as const

/** What knows of the window that ends with the day. */
export const windowOptions = { ...commonOptions, tags: ["window"] } as const

/** What the site shows. */
export const publishedOptions = {
  ...commonOptions,
  tags: ["published"],
  freshness: dueBy("07:00", "UTC"),
} as const

/** The published tables change together. */
export const publicationSet = { set: "stocktwits" } as const
