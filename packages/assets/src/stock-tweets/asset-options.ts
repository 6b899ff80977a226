import { daily } from "@freshet/core"

/** Options of all assets of this group: one partition per day of New York, of 23 to 25 hours. */
const commonOptions = {
  group: "stock_tweets",
  owners: ["market-data"],
  partitions: daily({ start: "2000-01-01", zone: "America/New_York" }),
} as const

/** Options of sources. */
export const landedOptions = { ...commonOptions, tags: ["landed"] } as const

/** Options of assets that are computed for each day by itself. */
export const dailyOptions = { ...commonOptions, tags: ["daily"] } as const
