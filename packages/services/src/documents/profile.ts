import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

const columnProfileSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  nulls: z.int(),
  distinct: z.int(),
  /** The first and the last value in the order of the type, as text; null without values. */
  minimum: z.nullable(z.string()),
  maximum: z.nullable(z.string()),
})

/** The values of each column of a partition in numbers. */
export const profileSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  rows: z.int(),
  /** True if the engine has estimated the distinct values, of very many rows. */
  is_estimated: z.boolean(),
  columns: listSchema(columnProfileSchema),
})

export type ProfileDocument = z.infer<typeof profileSchema>
