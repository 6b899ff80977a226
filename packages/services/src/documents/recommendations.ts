import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** A user or a room of a recommendation. */
const memberShape = { id: z.int(), name: z.string() }

/** A path from the user through a close user: the engagements on both sides. */
const pathSchema = z.strictObject({
  ...memberShape,
  /** Engagements of the user with the close user. */
  yours: z.int(),
  /** Engagements of the close user with the recommended user or room. */
  theirs: z.int(),
})

const recommendationSchema = z.strictObject({
  ...memberShape,
  /** The sum of `theirs` over all paths. */
  strength: z.int(),
  /** The strongest first. */
  paths: listSchema(pathSchema),
})

/** The recommendations of one user on one day, each with its paths. */
export const recommendationsSchema = z.strictObject({
  now: z.iso.datetime(),
  user: z.nullable(z.strictObject(memberShape)),
  /** Users with similar names, when no user has the requested one. */
  similar_users: listSchema(z.string()),
  day: z.nullable(z.string()),
  /** The materialized days, the newest first. */
  days: listSchema(z.string()),
  people: listSchema(recommendationSchema),
  rooms: listSchema(recommendationSchema),
})

export type RecommendationsDocument = z.infer<typeof recommendationsSchema>
