import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

const rowCountSchema = z.strictObject({
  partition: z.string(),
  materialized_at: z.iso.datetime(),
  rows: z.int(),
})

/** The rows of the latest materializations of each asset, the oldest first. */
export const rowCountsSchema = z.strictObject({
  now: z.iso.datetime(),
  assets: listSchema(z.strictObject({ name: z.string(), counts: listSchema(rowCountSchema) })),
})

export type RowCountsDocument = z.infer<typeof rowCountsSchema>
