import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** Granularities of partitions; `none` for an asset without partitions. */
const partitionKindSchema = z.enum(["none", "hourly", "daily", "weekly", "monthly", "static"])

/** One asset as it is declared. */
const declaredAssetSchema = z.strictObject({
  name: z.string(),
  group: z.string(),
  kind: z.enum(["source", "sql", "code"]),
  partitions: partitionKindSchema,
  description: z.string(),
  owners: listSchema(z.string()),
  tags: listSchema(z.string()),
  columns: listSchema(z.string()),
  upstream: listSchema(z.string()),
  downstream: listSchema(z.string()),
  /** The publication set; null for an asset that is not published. */
  published: z.nullable(z.string()),
})

/** The declared assets: the document of `freshet assets`. */
export const assetListSchema = z.strictObject({ assets: listSchema(declaredAssetSchema) })

export type AssetListDocument = z.infer<typeof assetListSchema>
