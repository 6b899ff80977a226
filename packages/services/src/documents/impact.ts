import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { partitionsShape } from "./partition-range.ts"

/** Partitions of one computation. */
export const computationPartitionsSchema = z.strictObject({
  computation: z.string(),
  ...partitionsShape,
})

export type ComputationPartitionsDocument = z.infer<typeof computationPartitionsSchema>

/** The consequences of a backfill downstream. */
export const impactSchema = z.strictObject({
  /** The publication of the asset, which a backfill leaves unchanged; null for an asset that is not published, or whose table contains several partitions. */
  publication: z.nullable(
    z.strictObject({ set: z.string(), partition: z.string(), partition_noun: z.string() }),
  ),
  stale_downstream: listSchema(computationPartitionsSchema),
  /** Commands that rebuild the stale partitions, in order. */
  commands: listSchema(z.string()),
})

export type ImpactDocument = z.infer<typeof impactSchema>
