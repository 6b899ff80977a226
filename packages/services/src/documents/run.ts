import * as z from "zod/mini"

import { failedCheckSchema, failedPartitionSchema } from "./failed-checks.ts"
import { impactSchema } from "./impact.ts"
import { listSchema } from "./list-schema.ts"
import { planSchema } from "./plan.ts"

export const stepOutcomes = [
  "materialized",
  "reused",
  "unchanged",
  "checked",
  "checks_failed",
  "failed",
  "skipped",
] as const

export type StepOutcomeName = (typeof stepOutcomes)[number]

const stepSchema = z.strictObject({
  kind: z.enum(["check", "materialize"]),
  step: z.string(),
  computation: z.string(),
  partition: z.string(),
  outcome: z.enum(stepOutcomes),
  /** The number of attempts in the run; 0 for a step that was blocked. */
  attempts: z.int(),
  /** The error of a failed step. */
  message: z.nullable(z.string()),
  hint: z.nullable(z.string()),
  /** The step that kept a skipped step from running. */
  blocker: z.nullable(z.string()),
  /** The error checks that failed. */
  failed_partition: z.nullable(failedPartitionSchema),
})

export type RunStepDocument = z.infer<typeof stepSchema>

const lineCountSchema = z.strictObject({
  source: z.string(),
  lines: z.int(),
  rows: z.int(),
  quarantined: z.int(),
  reasons: listSchema(z.strictObject({ reason: z.string(), lines: z.int() })),
})

export type LineCountDocument = z.infer<typeof lineCountSchema>

const tableChangeSchema = z.strictObject({
  asset: z.string(),
  table: z.string(),
  inserted: z.int(),
  updated: z.int(),
  deleted: z.int(),
  rows: z.int(),
})

const publicationSchema = z.strictObject({
  set: z.string(),
  partition: z.string(),
  /** Published partitions that did not exist any more, which the publication replaced. */
  withdrawn: listSchema(z.string()),
  changes: listSchema(tableChangeSchema),
  error: z.nullable(z.string()),
})

export type PublicationDocument = z.infer<typeof publicationSchema>

/** An executed plan: the document of every command that runs steps. */
export const runSchema = z.strictObject({
  /** Null when nothing had to be done. */
  run: z.nullable(z.string()),
  outcome: z.enum(["nothing", "succeeded", "failed", "interrupted"]),
  ms: z.int(),
  /** The rows of all materialized partitions. */
  rows: z.int(),
  counts: z.strictObject({
    materialized: z.int(),
    reused: z.int(),
    unchanged: z.int(),
    checked: z.int(),
    checks_failed: z.int(),
    failed: z.int(),
    skipped: z.int(),
    not_started: z.int(),
  }),
  steps: listSchema(stepSchema),
  line_counts: listSchema(lineCountSchema),
  /** Every failed check of the run, warnings included. */
  failed_checks: listSchema(z.strictObject({ ...failedCheckSchema.shape, step: z.string() })),
  publications: listSchema(publicationSchema),
  /** The part of the request that the run could not do. */
  remaining: planSchema,
  /** The consequences of a backfill; null for other runs. */
  impact: z.nullable(impactSchema),
})

export type RunDocument = z.infer<typeof runSchema>
