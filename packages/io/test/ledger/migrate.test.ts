import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import { withTestDatabase } from "@freshet/embedded-postgres/testing"
import * as ledgerTables from "@freshet/schema/ledger"
import { is } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"
import { expect, test } from "vitest"

import { type LedgerClient, withLedgerConnection } from "../../src/ledger/connection.ts"
import { migrateLedger, migratePublishedTables } from "../../src/ledger/migrate.ts"
import { readSnapshot } from "../../src/ledger/snapshot.ts"
import { testAsset, buildTestGraph, migrations } from "./ledger-database.ts"
import { withMigrations } from "./migration-folders.ts"

/** Counts the declared tables of a schema. */
function countTables(name: string): number {
  const tables = Object.values(ledgerTables).flatMap((entry) => (is(entry, PgTable) ? [entry] : []))
  return tables.filter((table) => getTableConfig(table).schema === name).length
}

test("several processes may migrate an empty database at once", async () => {
  await withTestDatabase(async (url) => {
    await Promise.all(
      Array.from({ length: 4 }, () =>
        withLedgerConnection(url, (client) => migrateLedger(client, migrations)),
      ),
    )
    await withLedgerConnection(url, async (client) => {
      const { rows } = await client.query(
        `select table_schema, count(*)::integer as tables from information_schema.tables
         where table_schema not in ('pg_catalog', 'information_schema') group by 1 order by 1`,
      )
      const migrationsTable = 1 // of the migrator, in the schema of the ledger
      expect(rows).toEqual([
        { table_schema: "freshet", tables: countTables("freshet") + migrationsTable },
      ])
      const journal = await readFile(join(migrations, "meta/_journal.json"), "utf8")
      const { entries } = JSON.parse(journal) as { readonly entries: readonly unknown[] }
      const { rowCount } = await client.query("select 1 from freshet.migrations")
      expect(rowCount).toBe(entries.length)
    })
  })
})

test("a database that is up to date costs one query", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await migrateLedger(client, migrations)
      const asked: unknown[] = []
      const query = client.query.bind(client)
      client.query = ((...parameters: Parameters<typeof query>) => {
        asked.push(parameters[0])
        return query(...parameters)
      }) as typeof client.query
      await migrateLedger(client, migrations)
      expect(asked).toHaveLength(1)
    }),
  )
})

/** Writes migrations with their journal, as the generator does. */
async function writeMigrations(folder: string, migrations: Readonly<Record<string, string>>) {
  await mkdir(join(folder, "meta"), { recursive: true })
  const entries = Object.entries(migrations).map(([tag, text], index) => {
    return { idx: index, when: 1000 + index, tag, breakpoints: true, text }
  })
  for (const { tag, text } of entries) await writeFile(join(folder, `${tag}.sql`), text)
  await writeFile(join(folder, "meta/_journal.json"), JSON.stringify({ entries }))
}

test("migrations of published tables have a journal of their own, independent of the ledger's", async () => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-migrations-"))
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await migratePublishedTables(client, folder) // without a journal there are no migrations
      await writeMigrations(folder, { "0000_shops": "create table shops (id integer primary key)" })
      await migratePublishedTables(client, folder)
      await migrateLedger(client, migrations)
      await writeMigrations(folder, {
        "0000_shops": "the first migration is not applied again",
        "0001_names": "alter table shops add column name text",
      })
      const migrate = (other: LedgerClient) => migratePublishedTables(other, folder)
      await Promise.all([1, 2, 3].map(() => withLedgerConnection(url, migrate)))
      await client.query("insert into shops values (1, 'first')")
      const { rows } = await client.query(
        "select count(*)::integer as n from freshet.table_migrations",
      )
      expect(rows).toEqual([{ n: 2 }])
      await writeMigrations(folder, { "0000_a": "", "0001_b": "", "0002_c": "create tabel x ()" })
      await expect(migratePublishedTables(client, folder)).rejects.toMatchObject({
        message: expect.stringMatching(
          /^The published tables cannot be brought up to date: syntax error at or near "tabel"/,
        ),
        hint: `The migrations are in ${folder}: change the one that fails, for example give a new column a default.`,
      })
    }),
  )
  await rm(folder, { recursive: true })
})

test("a ledger of the first migration retains its materializations, without fingerprints", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await withMigrations(0, (folder) => migrateLedger(client, folder))
      await client.query(`
        insert into freshet.runs (id, command, steps, host, pid) values ('r', 'x', 1, 'h', 1);
        insert into freshet.steps (run, computation, partition, input_version, outcome, reads, rows,
          started_at, ended_at) values ('r', 'recs', 5, 'i', 'made', '[]', 3, now(), now());
        insert into freshet.materializations (asset, partition, code_version, input_version,
          data_version, file, rows, bytes, duration_ms, recorded_at, check_version, failed_errors,
          failed_warnings, step)
        values ('recs', 5, 'c', 'i', 'd', 'f', 3, 30, 1, now(), 'v', 0, 0, 1)`)
      await migrateLedger(client, migrations)
      const { histories } = await readSnapshot(client, buildTestGraph(testAsset("recs")))
      const { from, versionIndex, inputs } = histories.get("recs")!
      expect([from, versionIndex[0], inputs.low[0], inputs.high[0]]).toEqual([5, 1, 0, 0])
      const { rows } = await client.query(
        "select s.bytes::integer, m.last_step::integer, d.name from freshet.steps s, freshet.materializations m, freshet.declared_assets d",
      )
      expect(rows).toEqual([{ bytes: 30, last_step: 1, name: "recs" }])
      expect((await client.query("select epoch::integer from freshet.identity")).rows).toEqual([
        { epoch: 0 },
      ])
    }),
  )
})

test("a database of a newer Freshet is not changed", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await migrateLedger(client, migrations)
      await client.query("update freshet.migrations set created_at = created_at + 1")
      const error = await migrateLedger(client, migrations).catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(FreshetError)
      expect(error).toMatchObject({ code: "ledger", message: expect.stringContaining("newer") })
    }),
  )
})

test("a migration that fails shows the server's words", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await client.query("create schema freshet; create table freshet.runs (id integer)")
      await expect(migrateLedger(client, migrations)).rejects.toThrow(
        'The ledger\'s tables cannot be brought up to date: relation "runs" already exists',
      )
    }),
  )
})

test("a read-only database is named, with the server's words", async () => {
  await withTestDatabase(async (url) => {
    const write = withLedgerConnection(url, async (client) => {
      await client.query("set default_transaction_read_only = on")
      await client.query("create table things (id integer)")
    })
    await expect(write).rejects.toMatchObject({
      code: "postgres",
      message: "The database is read-only: cannot execute CREATE TABLE in a read-only transaction.",
    })
  })
})

test("an unreachable server is one sentence without the password", async () => {
  const url = "postgres://somebody:secret@127.0.0.1:1/freshet"
  const error = await withLedgerConnection(url, () => Promise.resolve()).catch(
    (cause: unknown) => cause,
  )
  expect(error).toMatchObject({ code: "postgres" })
  expect(String(error)).toContain("127.0.0.1:1, database freshet")
  expect(JSON.stringify(error) + String(error)).not.toContain("secret")
})
