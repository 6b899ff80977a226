import { unpartitioned } from "@freshet/core"

const commonOptions = { group: "movies", owners: ["films"], partitions: unpartitioned } as const

/** Options of sources: each landed file is complete and replaces the one before. */
export const landedOptions = { ...commonOptions, tags: ["landed"] } as const

/** Options of intermediate assets. */
export const intermediateOptions = { ...commonOptions, tags: ["prepared"] } as const

/** Options of the published catalogue, ratings and price index. */
export const publishedOptions = { ...commonOptions, tags: ["published"] } as const

/** Options of reports. */
export const reportOptions = { ...commonOptions, tags: ["published", "report"] } as const

/** The published tables change together. */
export const publicationSet = { set: "movies" } as const

/** Credits have a landed file of their own; the other tables are published without it. */
export const creditsPublicationSet = { set: "movie_credits" } as const
