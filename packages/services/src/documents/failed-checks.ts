import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { rowSchema } from "./rows.ts"

const severitySchema = z.enum(["error", "warn"])

/** The latest result of one check. */
export const checkResultSchema = z.strictObject({
  name: z.string(),
  severity: severitySchema,
  passed: z.boolean(),
  /** The number of failed rows. */
  failures: z.int(),
  sample: listSchema(rowSchema),
})

export type CheckResultDocument = z.infer<typeof checkResultSchema>

/** A check that failed. */
export const failedCheckSchema = z.strictObject({
  asset: z.string(),
  name: z.string(),
  severity: severitySchema,
  /** The requirement in words. */
  description: z.nullable(z.string()),
  failures: z.int(),
  /** The number of rows, for a check of the row count. */
  rows: z.nullable(z.int()),
  sample: listSchema(rowSchema),
})

export type FailedCheckDocument = z.infer<typeof failedCheckSchema>

/** The error checks that failed in a partition, and the files that contain the failed rows. */
export const failedPartitionSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  checks: listSchema(failedCheckSchema),
  failed_row_files: listSchema(z.string()),
})

export type FailedPartitionDocument = z.infer<typeof failedPartitionSchema>
