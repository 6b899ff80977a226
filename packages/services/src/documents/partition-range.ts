import * as z from "zod/mini"

/** Consecutive partitions of an asset, by the keys of the first and the last one. */
export const partitionRangeSchema = z.strictObject({ from: z.string(), to: z.string() })

export type PartitionRangeDocument = z.infer<typeof partitionRangeSchema>
