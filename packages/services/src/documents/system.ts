import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { orphanedSchema } from "./orphaned.ts"

/** The stored rows of one declared asset. */
const assetStorageSchema = z.strictObject({
  asset: z.string(),
  group: z.string(),
  materializations: z.int(),
  files: z.int(),
  bytes: z.int(),
  /** The bytes of the files that hold the newest rows of a partition; the others are retained. */
  newest_bytes: z.int(),
})

export type AssetStorageDocument = z.infer<typeof assetStorageSchema>

const publishedTableSchema = z.strictObject({
  table: z.string(),
  set: z.string(),
  asset: z.string(),
  partitions: z.int(),
  rows: z.int(),
  published_at: z.iso.datetime(),
})

/** The process that owns the run lock. */
const lockOwnerSchema = z.strictObject({
  run: z.string(),
  command: z.string(),
  host: z.string(),
  pid: z.int(),
  started_at: z.iso.datetime(),
})

/** The places and the contents of lake, ledger and published tables. */
export const systemSchema = z.strictObject({
  now: z.iso.datetime(),
  places: z.strictObject({
    lake: z.string(),
    landing: z.string(),
    home: z.string(),
    /** `embedded`, or `DATABASE_URL`; the address may hold a password. */
    ledger: z.enum(["embedded", "DATABASE_URL"]),
  }),
  /** Assets with stored rows, the largest first. */
  storage: listSchema(assetStorageSchema),
  published: listSchema(publishedTableSchema),
  orphaned: listSchema(orphanedSchema),
  run_lock: z.strictObject({
    held: z.boolean(),
    /** Null while the lock is free, and while its run is just starting. */
    owner: z.nullable(lockOwnerSchema),
    /** The number of processes that wait for it. */
    waiting: z.int(),
  }),
})

export type SystemDocument = z.infer<typeof systemSchema>
