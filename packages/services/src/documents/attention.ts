import * as z from "zod/mini"

import { stateNames, statusDetailShape } from "./asset-status.ts"
import { failedPartitionSchema } from "./failed-checks.ts"
import { listSchema } from "./list-schema.ts"

const causeKinds = ["failed", "blocked", "changed", "code", "missing"] as const

/** One root cause with the assets that it keeps from being fresh. */
const attentionCauseSchema = z.strictObject({
  /** `changed`: a landed file or an input changed; `code`: the declaration changed. */
  kind: z.enum(causeKinds),
  /** The asset or source in which the cause lies; null for several assets that were never materialized. */
  subject: z.nullable(z.string()),
  /** The partitions of the subject in words; empty for an asset without partitions. */
  partitions_text: z.string(),
  status: z.enum(stateNames),
  ...statusDetailShape,
  /** The assets of the cause and those downstream whose newest partition is not fresh. */
  affected: listSchema(z.string()),
  failed_checks: listSchema(failedPartitionSchema),
  /** The number of steps that a materialization of the affected assets has. */
  steps: z.int(),
  /** Null without history. */
  predicted_ms: z.nullable(z.int()),
})

export type AttentionCauseDocument = z.infer<typeof attentionCauseSchema>

/** The root causes of everything that is not fresh, the most severe first. */
export const attentionSchema = z.strictObject({
  now: z.iso.datetime(),
  causes: listSchema(attentionCauseSchema),
})

export type AttentionDocument = z.infer<typeof attentionSchema>
