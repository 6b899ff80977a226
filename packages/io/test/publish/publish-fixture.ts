import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

import { type Asset, type Columns, publishTo, sql, sqlAsset } from "@freshet/core"
import type { PublicationRequest, PublicationTable } from "@freshet/core/engine"
import { openTestDatabase, type TestDatabase } from "@freshet/embedded-postgres/testing"
import type { PgTable } from "drizzle-orm/pg-core"
import { Client } from "pg"

import { type JsonRow, openSession, type Session } from "../../src/duckdb/session.ts"
import { migrateLedger } from "../../src/ledger/migrate.ts"
import { createRowComparer, type RowComparer } from "../../src/publish/row-comparer.ts"
import { type ReadRows, createRowReader } from "../../src/publish/row-reader.ts"
import { openFolderStore } from "../../src/store/folder-store.ts"
import type { Store } from "../../src/store/store.ts"

const migrations = resolve(import.meta.dirname, "../../../schema/migrations")
const spillFolder = resolve(import.meta.dirname, "../../.freshet-test/publish")

/** A database with the ledger and a run under way, an engine, and a folder for Parquet files. */
export interface PublishFixture {
  readonly url: string
  readonly client: Client
  /** The folder of the stored files. */
  readonly folder: string
  readonly readRows: ReadRows
  readonly comparer: RowComparer
  /** Stores rows given as a query; returns their file. */
  readonly store: (query: string) => Promise<string>
  /** Reads the rows of a stored file in the order of their first column. */
  readonly readStored: (file: string) => Promise<readonly JsonRow[]>
  readonly close: () => Promise<void>
}

const run = "run_1"

/** Opens a database with these tables: a new one of the shared server, or the empty one. */
export async function openPublishFixture(
  tables: string,
  emptyDatabase?: TestDatabase,
): Promise<PublishFixture> {
  const database = emptyDatabase ?? (await openTestDatabase())
  const client = new Client({ connectionString: database.url })
  client.on("error", () => undefined)
  await client.connect()
  await migrateLedger(client, migrations)
  await client.query(tables)
  await client.query(
    "insert into freshet.runs (id, command, steps, host, pid) values ($1, 'test', 1, 'here', 1)",
    [run],
  )
  const session = openSession({ memoryLimitMb: 500, threads: 2, spillFolder, connections: 3 })
  const folder = await mkdtemp(join(tmpdir(), "freshet-published-"))
  const store = openFolderStore(folder)
  return {
    url: database.url,
    client,
    folder,
    readRows: createRowReader(session, store),
    comparer: createRowComparer(session, store),
    store: createStore(session, store),
    readStored: (file) =>
      session.withConnection((connection) =>
        connection.rows(`from read_parquet('${join(folder, file)}') order by 1`),
      ),
    close: async () => {
      await session.close()
      await rm(folder, { recursive: true })
      await client.end()
      await database.close()
    },
  }
}

function createStore(session: Session, store: Store): PublishFixture["store"] {
  let files = 0
  return async (query) => {
    const path = await store.tempPath(".parquet")
    await session.withConnection((connection) =>
      connection.run(`copy (${query}) to '${path}' (format parquet)`),
    )
    const key = `rows/${++files}/v.parquet`
    await store.commit(path, key)
    return key
  }
}

/** An asset that is published to a table whose columns it has. */
export function publishedAsset(name: string, columns: Columns, table: PgTable): Asset {
  const asset = sqlAsset({ name, group: "test", description: "Rows.", columns, query: sql`select` })
  return { ...asset, publish: publishTo(table, { set: "set" }) }
}

let versions = 0

/** Publishes each asset's file as one set, under a version of its own. */
export function buildRequest(
  tables: readonly (readonly [Asset, string])[],
  version = `version_${++versions}`,
): PublicationRequest {
  return {
    run,
    set: "set",
    partitionKey: "2024-10-04",
    version,
    tables: tables.map(([asset, file]) => toPublicationTable(asset, file)),
  }
}

function toPublicationTable(asset: Asset, file: string): PublicationTable {
  if (asset.publish === undefined) throw new TypeError(`${asset.name} is not published`)
  const rows = { key: "2024-10-04", file, dataVersion: file }
  return { asset, publish: asset.publish, partitions: [rows] }
}
