import { daily, dueBy, unpartitioned } from "@freshet/core"

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
} as const

/** Options of the assets that the page shows and that have rows on each day. */
export const dueOptions = {
  ...dailyOptions,
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

const allDays = { keep: "partitions", partitionColumn: "day" } as const

/** The tables of tweets contain all days, and change together. */
export const publishedTweets = { set: "stock_tweets", ...allDays } as const

/** The tables of quotes contain all days, and change together. There are no quotes on days without trade. */
export const publishedQuotes = { set: "stock_quotes", ...allDays } as const
