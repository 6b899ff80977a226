import { type Asset, type Columns, daily, type Daily, dueBy } from "@freshet/core"

/** One partition a calendar day (UTC); how many there are follows from the files that have landed. */
const everyDay = daily({ start: "2000-01-01" })

/** Any dataset of this group. */
export type DailyAsset = Asset<string, Columns, Daily>

const group = { group: "stocktwits", owners: ["recommendations"], partitions: everyDay } as const

/** What is landed by others. */
export const landed = { ...group, tags: ["landed"] } as const

/** What knows of one day only. */
export const ofTheDay = { ...group, tags: ["daily"] } as const

/** What accumulates from the first day on. */
export const toDate = { ...group, tags: ["to_date"] } as const

/** What knows of the window that ends with the day. */
export const ofTheWindow = { ...group, tags: ["window"] } as const

/** What the site shows. */
export const published = {
  ...group,
  tags: ["published"],
  freshness: dueBy("07:00", "UTC"),
} as const

/** The published tables change together. */
export const publicationSet = { set: "stocktwits" } as const
