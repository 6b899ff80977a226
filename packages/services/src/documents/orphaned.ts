import * as z from "zod/mini"

/** An asset that is no longer declared, or no longer published, with what is left of it. */
export const orphanedSchema = z.strictObject({
  asset: z.string(),
  materializations: z.int(),
  files: z.int(),
  bytes: z.int(),
  /** The published table; null if there is none. */
  table: z.nullable(z.string()),
  /** The rows of the table. */
  rows: z.nullable(z.int()),
})

export type OrphanedDocument = z.infer<typeof orphanedSchema>
