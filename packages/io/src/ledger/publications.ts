import type { TableChange } from "@freshet/core/engine"
import { asc, eq } from "drizzle-orm"
import type { Client } from "pg"

import { openQueries } from "./queries.ts"

/** One change of a publication set, as recorded with it. */
export interface RecordedPublication {
  readonly set: string
  readonly partitionKey: string
  readonly publishedMs: number
  readonly changes: readonly TableChange[]
}

/** Reads the publications of a run, in order. */
export async function readPublications(
  client: Client,
  run: string,
): Promise<readonly RecordedPublication[]> {
  const { db, publications } = await openQueries(client)
  const rows = await db
    .select()
    .from(publications)
    .where(eq(publications.run, run))
    .orderBy(asc(publications.id))
  return rows.map(({ set, partition_key, published_at, changes }) => ({
    set,
    partitionKey: partition_key,
    publishedMs: published_at.getTime(),
    changes,
  }))
}

/** Clears the content of published partitions that show the rows of some files of the store, so that the rows are written again. */
export async function clearPublishedContent(
  client: Client,
  files: readonly string[],
): Promise<void> {
  await client.query(
    "update freshet.published_partitions set data_version = '', content = '' where file = any($1)",
    [files],
  )
}
