import * as z from "zod/mini"

import { assetStateShape } from "./asset-state.ts"
import { columnSchema } from "./columns.ts"
import { checkResultSchema } from "./failed-checks.ts"
import { listSchema } from "./list-schema.ts"
import { reportSchema, rowSchema } from "./rows.ts"

const declaredCheckSchema = z.strictObject({
  name: z.string(),
  severity: z.enum(["error", "warn"]),
  description: z.string(),
})

const versionsSchema = z.strictObject({
  code_version: z.string(),
  input_version: z.string(),
  data_version: z.string(),
})

/** One asset with its declaration and its state: the document of `freshet show`. */
export const assetDetailSchema = z.strictObject({
  ...assetStateShape,
  now: z.iso.datetime(),
  /** The partition shown, and whether it was asked for. */
  partition: z.nullable(z.string()),
  is_newest: z.boolean(),
  /** The partitioning in words: daily (UTC), by 3 keys. */
  partitioning: z.string(),
  /** The title of a report. */
  title: z.nullable(z.string()),
  description: z.string(),
  owners: listSchema(z.string()),
  tags: listSchema(z.string()),
  columns: listSchema(columnSchema),
  /** The path of a source in the landing zone. */
  path: z.nullable(z.string()),
  reads: listSchema(z.strictObject({ asset: z.string(), window: z.string() })),
  read_by: listSchema(z.string()),
  declared_checks: listSchema(declaredCheckSchema),
  check_results: listSchema(checkResultSchema),
  versions: z.nullable(versionsSchema),
  /** The publication set of the asset, and the partition that its tables contain. */
  published: z.nullable(z.strictObject({ set: z.string(), partition: z.nullable(z.string()) })),
  queries: listSchema(z.string()),
  report: z.nullable(reportSchema),
  report_rows: listSchema(rowSchema),
})

export type AssetDetailDocument = z.infer<typeof assetDetailSchema>
