import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

const amountShape = { materializations: z.int(), files: z.int(), bytes: z.int() }

const garbageRowSchema = z.strictObject({
  /** Files of an asset, files of failed rows, quarantined lines, copies of landed files, or leftovers. */
  kind: z.enum(["rows", "failed_rows", "quarantine", "landed", "temporary", "spill"]),
  /** The asset or source; null for leftovers. */
  asset: z.nullable(z.string()),
  ...amountShape,
})

export type GarbageRowDocument = z.infer<typeof garbageRowSchema>

const expiredRecordsSchema = z.strictObject({
  kind: z.enum([
    "log_lines",
    "attempts",
    "publications",
    "ticks",
    "requests",
    "arrivals",
    "alerts",
    "workers",
    "steps",
    "runs",
  ]),
  count: z.int(),
})

/** Expired materializations and orphaned files: the document of `freshet gc`. */
export const garbageSchema = z.strictObject({
  dry_run: z.boolean(),
  ...amountShape,
  removed: listSchema(garbageRowSchema),
  /** Orphaned tables that were dropped. */
  unpublished: listSchema(z.strictObject({ table: z.string(), asset: z.string(), rows: z.int() })),
  /** Records of the ledger that have expired and that nothing needs, by kind. */
  expired_records: listSchema(expiredRecordsSchema),
  /** The number of files in the lake that no step wrote. They stay. */
  unknown_files: z.int(),
})

export type GarbageDocument = z.infer<typeof garbageSchema>
