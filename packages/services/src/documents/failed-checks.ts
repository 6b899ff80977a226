import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { rowSchema } from "./rows.ts"

/** The latest result of one check. */
const checkResultShape = {
  name: z.string(),
  severity: z.enum(["error", "warn"]),
  passed: z.boolean(),
  /** The number of failed rows. */
  failures: z.int(),
  sample: listSchema(rowSchema),
}

export const checkResultSchema = z.strictObject(checkResultShape)

export type CheckResultDocument = z.infer<typeof checkResultSchema>

/** An error check that failed. */
export const failedCheckSchema = z.strictObject({
  asset: z.string(),
  name: z.string(),
  /** The requirement in words. */
  description: z.nullable(z.string()),
  failures: z.int(),
  /** The number of rows, for a check of the row count. */
  rows: z.nullable(z.int()),
  sample: listSchema(rowSchema),
})

export type FailedCheckDocument = z.infer<typeof failedCheckSchema>

/** The error checks that failed for a partition, and the files with the failed rows. */
export const failedPartitionSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  checks: listSchema(failedCheckSchema),
  failed_row_files: listSchema(z.string()),
})

export type FailedPartitionDocument = z.infer<typeof failedPartitionSchema>
