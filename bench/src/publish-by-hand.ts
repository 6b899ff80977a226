import { createReadStream } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"

import type { DuckDBInstance } from "@duckdb/node-api"
import pg from "pg"
import { from } from "pg-copy-streams"

import { buildRead, type ScriptFolders } from "./script-files.ts"

const keyColumns = {
  users: "id",
  rooms: "id",
  user_recs: "user_id, rec_id",
  room_recs: "user_id, rec_id",
  user_rec_reasons: "user_id, rec_id, reason_id",
  room_rec_reasons: "user_id, rec_id, reason_id",
}

/** Fills the six empty tables from sorted CSV files with COPY, in one transaction. */
export async function publishByHand(
  instance: DuckDBInstance,
  folders: ScriptFolders,
  newest: string,
  databaseUrl: string,
): Promise<void> {
  const duckdb = await instance.connect()
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query("begin")
  for (const [table, key] of Object.entries(keyColumns)) {
    const file = join(folders.out, `${table}.csv`)
    const rows = buildRead(folders, table, [newest])
    const columns = (await duckdb.runAndReadAll(`describe from ${rows}`)).getColumns()[0] ?? []
    await duckdb.run(`copy (from ${rows} order by ${key}) to '${file}' (format csv, header false)`)
    const copy = from(`copy stocktwits.${table} (${columns.join(", ")}) from stdin (format csv)`)
    await pipeline(createReadStream(file), client.query(copy))
    await rm(file)
  }
  await client.query("commit")
  await client.end()
  duckdb.closeSync()
}
