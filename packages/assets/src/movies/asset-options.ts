import { unpartitioned } from "@freshet/core"

const commonOptions = { group: "movies", owners: ["films"], partitions: unpartitioned } as const

/** What is landed by others: each file is the whole of it, and a new one replaces it. */
export const landedOptions = { ...commonOptions, tags: ["landed"] } as const

/** What others are made from. */
export const intermediateOptions = { ...commonOptions, tags: ["prepared"] } as const

/** The catalogue, the ratings and the price index. */
export const publishedOptions = { ...commonOptions, tags: ["published"] } as const

/** What the business asked. */
export const reportOptions = { ...commonOptions, tags: ["published", "answer"] } as const

/** The published tables change together. */
export const publicationSet = { set: "movies" } as const

/** Credits come in a file of their own, which need not be there for all the rest. */
export const creditsPublicationSet = { set: "movie_credits" } as const
