import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** A strong recommendation of one user to another. */
const recommendationSchema = z.strictObject({
  reader: z.string(),
  recommended: z.string(),
  strength: z.number(),
  /** The users through whom it was found. */
  through: listSchema(z.string()),
  /** Rooms recommended to the same user. */
  rooms: listSchema(z.string()),
})

export type RecommendationDocument = z.infer<typeof recommendationSchema>

/** The first row of one report about films. */
const filmHighlightSchema = z.strictObject({
  report: z.enum(["highest_rated", "popular_genre", "release_month", "earning_genre"]),
  name: z.string(),
  year: z.nullable(z.string()),
  figure: z.number(),
  count: z.number(),
})

export type FilmHighlightDocument = z.infer<typeof filmHighlightSchema>

/** Published rows that the demo presents. */
export const demoResultsSchema = z.strictObject({
  recommendations: listSchema(recommendationSchema),
  films: listSchema(filmHighlightSchema),
})

export type DemoResultsDocument = z.infer<typeof demoResultsSchema>
