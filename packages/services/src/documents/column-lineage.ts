import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** `copied`: the value is unchanged. `computed`: an expression or an aggregate uses it. */
const kindSchema = z.enum(["copied", "computed"])

const sourceSchema = z.strictObject({
  asset: z.string(),
  column: z.string(),
  /** `computed` if any step on the way computes. */
  kind: kindSchema,
  /** The number of queries in between, this one included. */
  distance: z.int(),
})

const readerSchema = z.strictObject({
  asset: z.string(),
  /** The columns whose values come from it. */
  columns: listSchema(z.strictObject({ name: z.string(), kind: kindSchema })),
  /** True when it decides which rows exist: a filter, a join, a group or a limit. */
  decides_rows: z.boolean(),
  /** The number of queries in between, the reader's included; 1 for a query that reads the column itself. */
  distance: z.int(),
  /** The publication set; null for an asset that is not published. */
  published: z.nullable(z.string()),
})

/** The origin and the uses of one column, from the engine's bound plans. */
export const columnLineageSchema = z.strictObject({
  asset: z.string(),
  column: z.string(),
  /** False for TypeScript code, whose outputs may come from every column that it reads. */
  traced: z.boolean(),
  /** The columns from which its values come, the nearest first. */
  sources: listSchema(sourceSchema),
  /** The upstream columns that decide which rows of the asset exist. */
  row_sources: listSchema(z.strictObject({ asset: z.string(), column: z.string() })),
  /** The assets that change with it, the nearest first. */
  readers: listSchema(readerSchema),
})

export type ColumnLineageDocument = z.infer<typeof columnLineageSchema>
