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

/** A process that executes a run. */
const workerSchema = z.strictObject({
  worker: z.int(),
  run: z.string(),
  host: z.string(),
  pid: z.int(),
  started_at: z.iso.datetime(),
  /** The last time at which it reported that it lives. */
  heartbeat_at: z.iso.datetime(),
  /** The number of steps, publications and ticks that it does at present. */
  claims: z.int(),
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
  /** The processes that execute runs, the oldest first. */
  workers: listSchema(workerSchema),
})

export type SystemDocument = z.infer<typeof systemSchema>
