import * as z from "zod/mini"

import { stateNames } from "./asset-status.ts"
import { listSchema } from "./list-schema.ts"

/** The state of a partition as a page shows it: `blocked` replaces stale and missing when something upstream prevents the work. */
export const partitionStates = [...stateNames, "blocked"] as const

const partitionStateSchema = z.enum(partitionStates)

export type PartitionState = z.infer<typeof partitionStateSchema>

/** Consecutive partitions in the same state, by the keys of the first and the last one. */
const stateRangeSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  count: z.int(),
  state: partitionStateSchema,
})

export type StateRangeDocument = z.infer<typeof stateRangeSchema>

const partitionRowSchema = z.strictObject({
  key: z.string(),
  state: partitionStateSchema,
  /** The status and its causes in words. */
  reason: z.string(),
  rows: z.nullable(z.int()),
  bytes: z.nullable(z.int()),
  /** The duration of its materialization. */
  ms: z.nullable(z.int()),
  materialized_at: z.nullable(z.iso.datetime()),
})

export type PartitionRowDocument = z.infer<typeof partitionRowSchema>

/** The states of all partitions of an asset as ranges, and a window of single partitions, the newest first. */
export const partitionsSchema = z.strictObject({
  asset: z.string(),
  now: z.iso.datetime(),
  kind: z.enum(["none", "hourly", "daily", "weekly", "monthly", "static"]),
  zone: z.nullable(z.string()),
  partition_noun: z.string(),
  count: z.int(),
  /** In order, without gaps. */
  ranges: listSchema(stateRangeSchema),
  /** The number of newer partitions before the window. */
  offset: z.int(),
  partitions: listSchema(partitionRowSchema),
})

export type PartitionsDocument = z.infer<typeof partitionsSchema>
