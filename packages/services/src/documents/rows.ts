import * as z from "zod/mini"

import { columnSchema } from "./columns.ts"
import { listSchema } from "./list-schema.ts"

/** One row by column name; whole numbers beyond 2^53 and decimals are text. */
export const rowSchema = z.record(z.string(), z.unknown())

export type RowDocument = z.infer<typeof rowSchema>

/** The way in which the rows of a report are presented. */
export const reportSchema = z.strictObject({
  title: z.string(),
  description: z.string(),
  /** First and last day that the rows are about. */
  period: z.nullable(z.strictObject({ from: z.string(), to: z.string() })),
  /** The columns of the figures; those that contain the period are left out. */
  columns: listSchema(columnSchema),
})

export type ReportDocument = z.infer<typeof reportSchema>

/** The shape of the first rows of a query. */
export const resultShape = {
  columns: listSchema(z.strictObject({ name: z.string(), type: z.string() })),
  rows: listSchema(rowSchema),
  /** True when the limit left out rows. */
  more: z.boolean(),
}

/** The first rows of a query: the document of `freshet sql`. */
export const queryResultSchema = z.strictObject({
  /** The partitions that plain names of assets in the query stand for. */
  newest_partitions: listSchema(z.strictObject({ asset: z.string(), partition: z.string() })),
  ...resultShape,
})

export type QueryResultDocument = z.infer<typeof queryResultSchema>

/** The first rows of a partition: the document of `freshet data head`. */
export const rowsSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  report: z.nullable(reportSchema),
  ...resultShape,
})

export type RowsDocument = z.infer<typeof rowsSchema>
