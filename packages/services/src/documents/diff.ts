import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { rowSchema } from "./rows.ts"

/** One side of a comparison. */
const diffSideSchema = z.strictObject({
  partition: z.string(),
  /** The number of the materialization; null for a source. */
  version: z.nullable(z.int()),
  materialized_at: z.nullable(z.iso.datetime()),
  rows: z.int(),
})

export type DiffSideDocument = z.infer<typeof diffSideSchema>

const diffColumnSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  /** `key`: identifies rows. `missing_from`, `missing_to`: only the other side has the column with this type, so it is not compared. */
  state: z.enum(["key", "compared", "missing_from", "missing_to"]),
  /** The number of changed rows in which the column differs. */
  changed: z.int(),
})

export type DiffColumnDocument = z.infer<typeof diffColumnSchema>

const diffRowSchema = z.strictObject({
  kind: z.enum(["added", "removed", "changed"]),
  key: rowSchema,
  /** The names of the columns that differ; empty for an added or removed row. */
  columns: listSchema(z.string()),
  /** The other columns on each side; null where the row does not exist. */
  from: z.nullable(rowSchema),
  to: z.nullable(rowSchema),
})

export type DiffRowDocument = z.infer<typeof diffRowSchema>

/** The difference of two partitions or two versions of one partition: the document of `freshet data diff`. */
export const diffSchema = z.strictObject({
  asset: z.string(),
  from: diffSideSchema,
  to: diffSideSchema,
  /** The columns that identify a row; all columns without a unique key. */
  key: listSchema(z.string()),
  added: z.int(),
  removed: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  columns: listSchema(diffColumnSchema),
  /** The first rows of each kind: changed, added and removed ones, each by key. */
  rows: listSchema(diffRowSchema),
  /** True when the limit left out rows. */
  more: z.boolean(),
})

export type DiffDocument = z.infer<typeof diffSchema>

const versionSchema = z.strictObject({
  version: z.int(),
  materialized_at: z.iso.datetime(),
  rows: z.int(),
  bytes: z.int(),
  /** True for the materialization whose rows are read. */
  is_current: z.boolean(),
})

/** The retained materializations of one partition, the newest first. */
export const versionsSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  versions: listSchema(versionSchema),
})

export type VersionsDocument = z.infer<typeof versionsSchema>
