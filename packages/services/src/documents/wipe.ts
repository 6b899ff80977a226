import * as z from "zod/mini"

import { computationPartitionsSchema } from "./impact.ts"
import { listSchema } from "./list-schema.ts"
import { partitionsShape } from "./partition-range.ts"

/** Wiped partitions and the consequences: the document of `freshet wipe`. */
export const wipeSchema = z.strictObject({
  dry_run: z.boolean(),
  /** The asset, and the assets that the same computation materializes. */
  assets: listSchema(z.string()),
  /** The partitions that have records. */
  ...partitionsShape,
  materializations: z.int(),
  files: z.int(),
  bytes: z.int(),
  /** Partitions downstream that are fresh now and not afterwards. */
  becomes_stale: listSchema(computationPartitionsSchema),
  /** Partitions that read the wiped rows and can no longer be recomputed from their recorded inputs. */
  readers: listSchema(z.strictObject({ asset: z.string(), ...partitionsShape })),
  /** Publications of the assets, which stay unchanged. */
  published: listSchema(z.strictObject({ set: z.string(), partition: z.string() })),
  /** The command that materializes the partitions again. */
  command: z.nullable(z.string()),
})

export type WipeDocument = z.infer<typeof wipeSchema>
