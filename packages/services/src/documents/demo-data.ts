import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

const landedFilesShape = { files: z.int(), bytes: z.int() }

const countsSchema = z.record(z.string(), z.int())

/** The generated files: the document of `freshet demo-data`. */
export const demoDataSchema = z.strictObject({
  landing: z.string(),
  stocktwits: z.nullable(
    z.strictObject({
      ...landedFilesShape,
      events: countsSchema,
      malformed: countsSchema,
      missing_days: listSchema(z.string()),
    }),
  ),
  movies: z.nullable(z.strictObject(landedFilesShape)),
  /** Further groups by name. */
  groups: z.record(z.string(), z.strictObject(landedFilesShape)),
})

export type DemoDataDocument = z.infer<typeof demoDataSchema>
