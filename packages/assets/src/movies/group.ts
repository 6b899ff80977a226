import { unpartitioned } from "@freshet/core"

const group = { group: "movies", owners: ["films"], partitions: unpartitioned } as const

/** What is landed by others: each file is the whole of it, and a new one replaces it. */
export const landed = { ...group, tags: ["landed"] } as const

/** What others are made from. */
export const prepared = { ...group, tags: ["prepared"] } as const

/** The catalogue, the ratings and the price index. */
export const normalized = { ...group, tags: ["published"] } as const

/** What the business asked. */
export const answer = { ...group, tags: ["published", "answer"] } as const

/** The published tables change together. */
export const publicationSet = { set: "movies" } as const

/** Credits come in a file of their own, which need not be there for all the rest. */
export const creditsSet = { set: "movie_credits" } as const
