import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { problemSchema } from "./problem.ts"

const findingKinds = [
  "different",
  "code_changed",
  "version_forgotten",
  "file_damaged",
  "file_gone",
  "landed_changed",
  "copy_lost",
  "inputs_gone",
  "never_materialized",
  "failed",
  "replaced",
] as const

/** A difference between a partition and its record, with the asset or source at fault. */
export const findingSchema = z.strictObject({
  kind: z.enum(findingKinds),
  asset: z.string(),
  /** Null for an asset without partitions and for a source. */
  partition: z.nullable(z.string()),
  /** The file at fault: a path or URL. */
  file: z.nullable(z.string()),
  message: z.string(),
  hint: z.nullable(z.string()),
})

export type FindingDocument = z.infer<typeof findingSchema>

/** The reproducibility check of a sample: the document of `freshet verify`. */
export const verificationSchema = z.strictObject({
  outcome: z.enum(["as_recorded", "differs"]),
  assets: z.int(),
  /** The fresh partitions of the selection; with `files` the retained ones. */
  partitions: z.int(),
  recomputed: z.int(),
  files: z.int(),
  /** Null when every file is read and nothing is recomputed. */
  sample_percent: z.nullable(z.number()),
  seed: z.nullable(z.int()),
  ms: z.int(),
  findings: listSchema(findingSchema),
  warnings: listSchema(problemSchema),
})

export type VerificationDocument = z.infer<typeof verificationSchema>

const recomputedPartitionSchema = z.strictObject({
  partition: z.string(),
  outcome: z.enum(["same", ...findingKinds]),
  /** Null for the same rows. */
  finding: z.nullable(findingSchema),
  rows_recorded: z.nullable(z.int()),
  rows_recomputed: z.nullable(z.int()),
})

/** Partitions recomputed from their recorded inputs: the document of `freshet backfill --inputs recorded`. */
export const recomputationSchema = z.strictObject({
  asset: z.string(),
  inputs: z.literal("recorded"),
  partitions: listSchema(recomputedPartitionSchema),
})

export type RecomputationDocument = z.infer<typeof recomputationSchema>
