import * as z from "zod/mini"

import { causeSchema, stateNames } from "./asset-status.ts"
import { listSchema } from "./list-schema.ts"
import { partitionRangeSchema, partitionsShape } from "./partition-range.ts"
import { problemSchema } from "./problem.ts"
import { waitingSetSchema } from "./waiting-set.ts"

/** A predicted cost, from the latest steps of the same computations. */
const costSchema = z.strictObject({
  rows: z.int(),
  bytes: z.int(),
  /** The sum over all steps, as if they ran one after the other. */
  ms: z.int(),
  /** The same for steps as slow as the slowest tenth. */
  ms_p90: z.int(),
})

export type CostDocument = z.infer<typeof costSchema>

const stepShape = {
  computation: z.string(),
  outputs: listSchema(z.string()),
  ...partitionsShape,
  /** The noun of its partitions: day, hour, key. */
  partition_noun: z.string(),
  /** The reason in words. */
  reason: z.string(),
}

const planStepSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("check"), asset: z.string(), ...stepShape }),
  z.strictObject({
    kind: z.literal("materialize"),
    ...stepShape,
    status: z.enum(stateNames),
    causes: listSchema(causeSchema),
    /** Null for a computation without history. */
    predicted: z.nullable(costSchema),
  }),
])

export type PlanStepDocument = z.infer<typeof planStepSchema>

const plannedPublicationSchema = z.strictObject({
  set: z.string(),
  partition: z.string(),
  assets: listSchema(z.string()),
  /** The newest partition in the tables; null before the first publication. */
  published: z.nullable(z.string()),
  /** Published partitions that do not exist any more, which the publication replaces. */
  withdrawn: listSchema(z.string()),
})

export type PlannedPublicationDocument = z.infer<typeof plannedPublicationSchema>

const blockedSchema = z.strictObject({
  computation: z.string(),
  ...partitionsShape,
  /** Null for the rest of very many blocked partitions. */
  blocker: z.nullable(z.string()),
  /** The blocker in words: `waits for raw/2026-01-02.json (raw)`. */
  reason: z.string(),
})

export type BlockedDocument = z.infer<typeof blockedSchema>

const notLandedSchema = z.strictObject({
  asset: z.string(),
  ...partitionsShape,
  /** The files that have not landed: `movies/credits.csv (credits_file)`. */
  blocker: z.string(),
  reason: z.string(),
})

export type NotLandedDocument = z.infer<typeof notLandedSchema>

const failingSchema = z.strictObject({
  asset: z.string(),
  ...partitionsShape,
  /** The upstream rows that fail a check; null when the rows themselves do. */
  blocker: z.nullable(z.string()),
})

export type FailingDocument = z.infer<typeof failingSchema>

const skippedSchema = z.strictObject({
  asset: z.string(),
  ...partitionsShape,
  status: z.enum(stateNames),
})

export type SkippedDocument = z.infer<typeof skippedSchema>

/** A plan with its reasons: the document of `freshet plan` and of every dry run. */
export const planSchema = z.strictObject({
  /** The command that executes the plan. */
  command: z.string(),
  targets: listSchema(
    z.strictObject({ asset: z.string(), partitions: listSchema(partitionRangeSchema) }),
  ),
  steps: listSchema(planStepSchema),
  step_count: z.int(),
  publications: listSchema(plannedPublicationSchema),
  /** Publication sets that cannot move, and the assets for which they wait. */
  waiting_sets: listSchema(waitingSetSchema),
  /** Partitions that cannot be materialized yet. */
  blocked: listSchema(blockedSchema),
  /** Requested assets or partitions that do not exist yet, because files have not landed. */
  not_landed: listSchema(notLandedSchema),
  /** True when a partition that was asked for is blocked or does not exist yet. */
  is_blocked: z.boolean(),
  /** Requested partitions that are fresh and whose rows, or upstream rows, fail a check. */
  failed_checks: listSchema(failingSchema),
  /** True when a failed check keeps a requested partition from being used or materialized. */
  has_failed_checks: z.boolean(),
  /** Requested partitions that are not part of the plan. */
  skipped: listSchema(skippedSchema),
  /** True when every requested partition is fresh. */
  is_up_to_date: z.boolean(),
  /** The number of partitions requested by a range; 0 when none was given. */
  requested_count: z.int(),
  /** Null when no computation of the plan has a history. */
  predicted: z.nullable(costSchema),
  without_history: listSchema(z.string()),
  warnings: listSchema(problemSchema),
  /** The file in which the plan is saved. */
  saved: z.nullable(z.string()),
})

export type PlanDocument = z.infer<typeof planSchema>
