import * as z from "zod/mini"

import { overdueSchema } from "./asset-state.ts"
import { stateNames, statusShape } from "./asset-status.ts"
import { failedPartitionSchema } from "./failed-checks.ts"
import { listSchema } from "./list-schema.ts"
import { partitionRangeSchema } from "./partition-range.ts"
import { waitingSetSchema } from "./waiting-set.ts"

/** The partitions of one asset in which the staleness begins, for one reason. */
const rootCauseSchema = z.strictObject({
  asset: z.string(),
  partitions: listSchema(partitionRangeSchema),
  /** The partitions in words; empty for an asset without partitions. */
  partitions_text: z.string(),
  ...statusShape,
})

export type RootCauseDocument = z.infer<typeof rootCauseSchema>

const pathStopSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  status: z.enum(stateNames),
})

/** The root causes of a partition's status: the document of `freshet why`. */
export const explanationSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  ...statusShape,
  roots: listSchema(rootCauseSchema),
  /** The way from the first root cause to the partition. */
  path: listSchema(pathStopSchema),
  /** Failed checks of the roots and of the rows that block them. */
  failed_checks: listSchema(failedPartitionSchema),
  /** The overdue partition of the asset; null while it is not overdue. */
  overdue: z.nullable(overdueSchema),
  /** The publication set of the asset, if it cannot move. */
  waiting_set: z.nullable(waitingSetSchema),
  /** The oldest file that the rows were computed from and that is no longer landed, so that they cannot be recomputed; null when every file is. */
  removed_file: z.nullable(z.string()),
  /** The files that the partition is pinned to and that were overwritten or removed: it is computed from their copies. */
  pinned_files: listSchema(z.string()),
  /** The command that brings the partition up to date; null for a fresh one. */
  command: z.nullable(z.string()),
})

export type ExplanationDocument = z.infer<typeof explanationSchema>
