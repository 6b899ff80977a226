import * as z from "zod/mini"

import { assetStateSchema } from "./asset-state.ts"
import { listSchema } from "./list-schema.ts"
import { orphanedSchema } from "./orphaned.ts"
import { problemSchema } from "./problem.ts"
import { waitingSetSchema } from "./waiting-set.ts"

/** A publication set and the newest partition in its tables. */
const publicationSchema = z.strictObject({
  set: z.string(),
  partition: z.string(),
  published_at: z.iso.datetime(),
})

/** Counts the selected assets by state, sources excluded. */
const summarySchema = z.strictObject({
  assets: z.int(),
  sources: z.int(),
  fresh: z.int(),
  stale: z.int(),
  missing: z.int(),
  failed: z.int(),
  /** Stale and missing assets that no run can materialize, because files or upstream rows are missing. */
  blocked: z.int(),
  failed_checks: z.int(),
  overdue: z.int(),
  due_soon: z.int(),
})

/** The states of the selected assets: the document of `freshet status`. */
export const statusSchema = z.strictObject({
  now: z.iso.datetime(),
  /** The selected profile of the configuration. */
  profile: z.nullable(z.string()),
  summary: summarySchema,
  /** The first selected asset that failed. */
  first_failed: z.nullable(z.string()),
  assets: listSchema(assetStateSchema),
  publications: listSchema(publicationSchema),
  /** Publication sets that cannot move although everything that can be materialized is, and the assets for which they wait. */
  waiting_sets: listSchema(waitingSetSchema),
  /** Tables and files of assets that are no longer declared or published; empty for a selection. */
  orphaned: listSchema(orphanedSchema),
  landing: z.strictObject({
    folder: z.string(),
    is_empty: z.boolean(),
    /** The paths at which files of sources are expected. */
    expected_paths: listSchema(z.string()),
  }),
  warnings: listSchema(problemSchema),
})

export type StatusDocument = z.infer<typeof statusSchema>
