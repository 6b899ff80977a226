import * as z from "zod/mini"

import { stateNames, statusDetailShape } from "./asset-status.ts"

const countSchema = z.int().check(z.nonnegative())

export const overdueSchema = z.strictObject({
  partition: z.string(),
  due_at: z.iso.datetime(),
  reason: z.string(),
})

/** The state of an asset: that of its newest partition; of static keys, that of the first in the worst state. */
export const assetStateShape = {
  name: z.string(),
  group: z.string(),
  kind: z.enum(["source", "sql", "code"]),
  status: z.enum([...stateNames, "source"]),
  ...statusDetailShape,
  /** The failed asset upstream that keeps it from being materialized. */
  failed_upstream: z.nullable(z.string()),
  /** The first cause in a few words. */
  main_cause: z.string(),
  /** Key of the partition that represents the asset. */
  newest_partition: z.nullable(z.string()),
  /** The name of one partition: day, hour, key; null for an asset without partitions. */
  partition_noun: z.nullable(z.string()),
  partitions: z.strictObject({
    total: countSchema,
    fresh: countSchema,
    stale: countSchema,
    missing: countSchema,
    failed: countSchema,
    blocked: countSchema,
  }),
  rows: z.nullable(countSchema),
  bytes: z.nullable(countSchema),
  /** The duration of the materialization of that partition. */
  ms: z.nullable(countSchema),
  materialized_at: z.nullable(z.iso.datetime()),
  /** Null for an asset without a deadline. */
  deadline: z.nullable(z.enum(["on_time", "due_soon", "overdue"])),
  /** The first partition whose deadline has passed and that is not fresh and published, and the root cause in a clause. */
  overdue: z.nullable(overdueSchema),
  /** The next partition that is due, if its work is expected to end after the deadline. */
  due_soon: z.nullable(
    z.strictObject({
      partition: z.string(),
      due_at: z.iso.datetime(),
      expected_at: z.iso.datetime(),
    }),
  ),
  checks: z.strictObject({ failed_errors: countSchema, failed_warnings: countSchema }),
}

export const assetStateSchema = z.strictObject(assetStateShape)

export type AssetStateDocument = z.infer<typeof assetStateSchema>
