import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { partitionRangeSchema } from "./partition-range.ts"

const assetPartitionsShape = {
  asset: z.string(),
  partitions: listSchema(partitionRangeSchema),
}

/** A cause of staleness: the code, a missing or damaged file, inputs with other content, or an upstream that will be rebuilt. */
export const causeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("code") }),
  z.strictObject({
    kind: z.literal("file"),
    file: z.enum(["missing", "damaged", "read_damaged"]),
  }),
  z.strictObject({
    kind: z.literal("input"),
    changed: listSchema(z.strictObject(assetPartitionsShape)),
  }),
  z.strictObject({ kind: z.literal("upstream"), ...assetPartitionsShape }),
])

export type CauseDocument = z.infer<typeof causeSchema>

/** The latest attempt at a partition, when it failed. */
const failureSchema = z.strictObject({
  outcome: z.enum(["failed", "checks_failed"]),
  message: z.string(),
  /** Names of the error checks that failed. */
  checks: listSchema(z.string()),
})

export const stateNames = ["fresh", "stale", "missing", "failed"] as const

/** Everything that explains a status, shared by the documents of one partition. */
export const statusDetailShape = {
  /** The upstream partition that has to come first. */
  blocker: z.nullable(z.string()),
  causes: listSchema(causeSchema),
  failure: z.nullable(failureSchema),
  /** The status and its causes in words. */
  reason: z.string(),
}

/** The status of one partition. */
export const statusShape = { status: z.enum(stateNames), ...statusDetailShape }

const statusSchema = z.strictObject(statusShape)

export type PartitionStatusDocument = z.infer<typeof statusSchema>
