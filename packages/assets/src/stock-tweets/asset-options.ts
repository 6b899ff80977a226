import { type Asset, type Columns, daily, type Daily, dueBy, unpartitioned } from "@freshet/core"

/** Any asset of this group with days of New York. */
export type DailyAsset = Asset<string, Columns, Daily>

const groupOptions = { group: "stock_tweets", owners: ["market-data"] } as const

/** Options of all daily assets of this group: one partition per day of New York, of 23 to 25 hours. */
const commonOptions = {
  ...groupOptions,
  partitions: daily({ start: "2000-01-01", zone: "America/New_York" }),
} as const

/** Options of sources. */
export const landedOptions = { ...commonOptions, tags: ["landed"] } as const

/** Options of assets that are computed for each day by itself and published. */
export const dailyOptions = {
  ...commonOptions,
  tags: ["daily", "published"],
  freshness: dueBy("05:00", "America/New_York"),
} as const

/** Options of sources that land in one file. */
export const unpartitionedLandedOptions = {
  ...groupOptions,
  partitions: unpartitioned,
  tags: ["landed"],
} as const

/** Options of trained models. */
export const modelOptions = { ...groupOptions, partitions: unpartitioned, tags: ["model"] } as const

/** Options of published assets without partitions. */
export const unpartitionedOptions = { ...groupOptions, tags: ["published"] } as const

/** The published tables change together. */
export const publicationSet = { set: "stock_tweets" } as const

/** The published tables contain all days. */
export const publishedDays = {
  ...publicationSet,
  keep: "partitions",
  partitionColumn: "day",
} as const
