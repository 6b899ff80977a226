import { withTestDatabase } from "@freshet/embedded-postgres/testing"
import { expect, test } from "vitest"

import { createEnvironment } from "../../src/environments/create-environment.ts"
import { environmentTables } from "../../src/environments/environment-statements.ts"
import { requireEnvironment } from "../../src/environments/environments.ts"
import { migrateLedgers, placeStatement } from "../../src/environments/migrate-environments.ts"
import { type LedgerClient, withLedgerConnection } from "../../src/ledger/connection.ts"
import { readNewestMigration } from "../../src/ledger/migrate.ts"
import { migrations } from "../ledger/ledger-database.ts"
import { addMigration, withMigrations } from "../ledger/migration-folders.ts"

function createTestEnvironment(url: string, name: string): Promise<void> {
  const createTables = () => Promise.resolve()
  return createEnvironment(url, { name, wait: true, onWait: () => undefined, createTables })
}

/** Reads columns, constraints and indexes of the tables of a ledger, without the name of its schema. */
async function readForm(client: LedgerClient, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select replace(line, $1 || '.', '') as line from (
       select concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull,
         replace(pg_get_expr(adbin, adrelid), 'freshet.', '')) as line, relname
       from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
       left join pg_attrdef on adrelid = attrelid and adnum = attnum
       where relnamespace = $1::regnamespace and relkind = 'r'
       union all
       select concat_ws(' ', conname, pg_get_constraintdef(oid)), (select relname from pg_class where oid = conrelid)
       from pg_constraint where connamespace = $1::regnamespace and contype <> 'n'
       union all
       select pg_get_indexdef(indexrelid), relname
       from pg_index join pg_class on pg_class.oid = indrelid where relnamespace = $1::regnamespace
     ) as lines where relname = any($2) order by line`,
    [schema, environmentTables.filter((table) => table !== "table_migrations")],
  )
  return rows.map(({ line }) => line)
}

test("a new environment has the columns, keys and indexes of the default ledger, with their names", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await migrateLedgers(client, migrations)
      await createTestEnvironment(url, "pr-42")
      expect(await readForm(client, "freshet__pr_42")).toEqual(await readForm(client, "freshet"))
    }),
  )
})

test("an environment of an earlier version has the form of the default ledger after a migration, and its records", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await withMigrations(20, async (folder) => {
        await migrateLedgers(client, folder)
        await createTestEnvironment(url, "pr-42")
      })
      await client.query(
        `insert into freshet__pr_42.runs (id, command, steps, host, pid)
         values ('r', 'freshet schedule tick s', 1, 'h', 1)`,
      )
      await Promise.all(
        Array.from({ length: 3 }, () =>
          withLedgerConnection(url, (other) => migrateLedgers(other, migrations)),
        ),
      )
      expect(await readForm(client, "freshet__pr_42")).toEqual(await readForm(client, "freshet"))
      const { rows } = await client.query("select id, kind from freshet__pr_42.runs")
      expect(rows).toEqual([{ id: "r", kind: "schedule" }])
      const { migration } = await requireEnvironment(client, "pr-42")
      expect(migration).toBe(await readNewestMigration(migrations))
    }),
  )
})

const nextMigration = `DROP INDEX "freshet"."requests_open_index";--> statement-breakpoint
DROP TABLE "freshet"."requests" CASCADE;--> statement-breakpoint
CREATE TABLE "freshet"."requests" ("id" bigserial PRIMARY KEY NOT NULL, "note" text);--> statement-breakpoint
INSERT INTO "freshet"."requests" ("note") VALUES ('first');--> statement-breakpoint
ALTER TABLE "freshet"."runs" RENAME COLUMN "host" TO "machine";--> statement-breakpoint
ALTER TABLE "freshet"."schedules" ADD COLUMN "note" text;
`

test("a migration drops, creates and renames in all environments; tables that they share change once, and ids stay unique", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await migrateLedgers(client, migrations)
      await createTestEnvironment(url, "pr-42")
      await createTestEnvironment(url, "pr-43")
      await withMigrations(Infinity, async (folder) => {
        await addMigration(folder, nextMigration)
        await migrateLedgers(client, folder)
      })
      const form = await readForm(client, "freshet")
      expect(form.join("\n")).toContain("machine")
      for (const schema of ["freshet__pr_42", "freshet__pr_43"])
        expect(await readForm(client, schema)).toEqual(form)
      const { rows } = await client.query<{ id: string }>(
        `select id from freshet.requests union all select id from freshet__pr_42.requests
         union all select id from freshet__pr_43.requests order by id`,
      )
      expect(rows.map(({ id }) => id)).toEqual(["1", "2", "3"])
    }),
  )
})

test("a migration that fails in an environment changes nothing in it, and names it", async () => {
  await withTestDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await migrateLedgers(client, migrations)
      await createTestEnvironment(url, "pr-42")
      await client.query("alter table freshet__pr_42.requests add column note text")
      const form = await readForm(client, "freshet__pr_42")
      await withMigrations(Infinity, async (folder) => {
        await addMigration(
          folder,
          `ALTER TABLE "freshet"."runs" ADD COLUMN "note" text;--> statement-breakpoint
          ALTER TABLE "freshet"."requests" ADD COLUMN "note" text;`,
        )
        await expect(migrateLedgers(client, folder)).rejects.toMatchObject({
          message: expect.stringMatching(
            /^The ledger of the environment pr-42 cannot be brought up to date: column "note"/,
          ),
        })
      })
      expect(await readForm(client, "freshet__pr_42")).toEqual(form)
    }),
  )
})

test("the first relation of a statement decides if it changes environments", () => {
  const ledger = { schema: "freshet__x", relations: new Set(["runs", "steps"]) }
  const statement = `ALTER TABLE "freshet"."steps" ADD CONSTRAINT "s" FOREIGN KEY ("run") REFERENCES "freshet"."runs"("id")`
  expect(placeStatement(statement, ledger)).toBe(statement.replaceAll(`"freshet"`, `"freshet__x"`))
  expect(placeStatement(`UPDATE "freshet"."workers" SET "host" = ''`, ledger)).toBeUndefined()
  expect(
    placeStatement(`INSERT INTO "freshet"."runs" SELECT * FROM "freshet"."workers"`, ledger),
  ).toBe(`INSERT INTO "freshet__x"."runs" SELECT * FROM "freshet"."workers"`)
})
