import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** One column of the data dictionary. */
export const columnSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  description: z.nullable(z.string()),
  unit: z.nullable(z.string()),
})

export type ColumnDocument = z.infer<typeof columnSchema>

/** The data dictionary of an asset: the document of `freshet data schema`. */
export const columnsSchema = z.strictObject({
  asset: z.string(),
  columns: listSchema(columnSchema),
})

export type ColumnsDocument = z.infer<typeof columnsSchema>
