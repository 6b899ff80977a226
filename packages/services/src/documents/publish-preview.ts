import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** Column → value as text of PostgreSQL. */
const valuesSchema = z.record(z.string(), z.nullable(z.string()))

const changedRowSchema = z.strictObject({
  kind: z.enum(["inserted", "updated", "deleted"]),
  key: z.record(z.string(), z.string()),
  /** The values in the table; null for a row to insert. */
  from: z.nullable(valuesSchema),
  /** The new values; null for a row to delete. */
  to: z.nullable(valuesSchema),
})

export type ChangedRowDocument = z.infer<typeof changedRowSchema>

const tablePreviewSchema = z.strictObject({
  asset: z.string(),
  table: z.string(),
  inserted: z.int(),
  updated: z.int(),
  deleted: z.int(),
  /** The first rows of each kind by key. */
  sample: listSchema(changedRowSchema),
})

/** The changes that a publication would make: the document of `freshet publish --dry-run`. */
export const publishPreviewSchema = z.strictObject({
  publications: listSchema(
    z.strictObject({
      set: z.string(),
      /** The newest partition that the tables would contain. */
      partition: z.string(),
      tables: listSchema(tablePreviewSchema),
    }),
  ),
})

export type PublishPreviewDocument = z.infer<typeof publishPreviewSchema>
