import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { expect, test } from "vitest"

import { listMigratedSchemas, renameSchemas } from "../../src/environments/renamed-schemas.ts"

const rename = (text: string) => renameSchemas(text, ["shop", "public"], "pr-42")

test("a migration makes and changes the tables of an environment", () => {
  expect(rename('CREATE SCHEMA "shop";')).toBe('CREATE SCHEMA if not exists "shop__pr_42";')
  expect(rename("create schema if not exists shop")).toBe(
    'create schema if not exists "shop__pr_42"',
  )
  expect(
    rename('ALTER TABLE "shop"."sales" ADD CONSTRAINT "c" CHECK ("shop"."sales"."n" > 0)'),
  ).toBe(
    'ALTER TABLE "shop__pr_42"."sales" ADD CONSTRAINT "c" CHECK ("shop__pr_42"."sales"."n" > 0)',
  )
  expect(rename("insert into shop.items values ('a')")).toBe(
    "insert into \"shop__pr_42\".items values ('a')",
  )
})

test("names that only contain or follow the name of a schema stay", () => {
  const text = 'select "items"."shop", workshop.n, t.shop.n from "items"'
  expect(rename(text)).toBe(text)
})

test("literals and comments stay, except the names of relations", () => {
  expect(
    rename("select * from shop.sales where url like '%shop.com' and n <> 'it''s shop.x'"),
  ).toBe(`select * from "shop__pr_42".sales where url like '%shop.com' and n <> 'it''s shop.x'`)
  expect(rename("-- don't read shop.old\nselect /* ' */ n from shop.sales")).toBe(
    `-- don't read shop.old\nselect /* ' */ n from "shop__pr_42".sales`,
  )
  expect(rename("select nextval('shop.ids'), 'shop.sales'::regclass, 'shop.x'")).toBe(
    `select nextval('"shop__pr_42".ids'), '"shop__pr_42".sales'::regclass, 'shop.x'`,
  )
})

test("names without quotes are those of schemas in any case", () => {
  expect(rename("select * from SHOP.Sales")).toBe('select * from "shop__pr_42".Sales')
})

test("the schemas of migrations are those that they make, and those of the objects that they name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "freshet-migrations-"))
  try {
    const sql = `CREATE SCHEMA "shop"; ALTER TABLE "old"."t" DROP COLUMN a;
      create index i on stock.parts (n); ALTER TABLE "a" ADD FOREIGN KEY (b) REFERENCES "people"."users"("id");`
    writeFileSync(join(folder, "0000_first.sql"), sql)
    const schemas = await listMigratedSchemas(folder)
    expect(schemas.toSorted()).toEqual(["old", "people", "shop", "stock"])
    expect(await listMigratedSchemas(join(folder, "missing"))).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
