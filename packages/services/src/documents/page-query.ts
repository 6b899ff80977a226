import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { resultShape } from "./rows.ts"

/** The rows of a page query. */
export const pageQueryResultSchema = z.strictObject({
  query: z.string(),
  /** The partition that was read; null when it is not materialized, which leaves no rows. */
  partition: z.nullable(z.string()),
  /** The partitions that can be requested, the newest first. */
  partitions: listSchema(z.string()),
  ...resultShape,
})

export type PageQueryResultDocument = z.infer<typeof pageQueryResultSchema>
