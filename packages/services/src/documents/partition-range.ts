import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** Consecutive partitions of an asset, by the keys of the first and the last one. */
export const partitionRangeSchema = z.strictObject({ from: z.string(), to: z.string() })

export type PartitionRangeDocument = z.infer<typeof partitionRangeSchema>

/** Partitions of an asset or a computation: as ranges of keys, as a text, and counted. */
export const partitionsShape = {
  partitions: listSchema(partitionRangeSchema),
  partitions_text: z.string(),
  count: z.int(),
}
