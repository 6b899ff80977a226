import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { withTestDatabase } from "@freshet/embedded-postgres/testing"
import { migrationsSchema } from "@freshet/services/documents"
import { afterAll, beforeAll, expect, test } from "vitest"

import { workspace } from "../../bin/bundle-command.js"
import { type CommandResult, startFreshet } from "./freshet-process.ts"

let folder: string

/** The template of a project, with the packages of the workspace. */
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "freshet-migrate-")))
  cpSync(join(workspace, "apps/materializer/templates/project"), folder, { recursive: true })
  cpSync(join(workspace, "packages/assets/node_modules"), join(folder, "node_modules"), {
    recursive: true,
    verbatimSymlinks: false,
  })
  symlinkSync(join(workspace, "apps/materializer"), join(folder, "node_modules/freshet"))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(url: string, ...words: readonly string[]): Promise<CommandResult> {
  const environment = { FRESHET_PROJECT: folder, DATABASE_URL: url }
  return startFreshet({ folder, environment }, ...words).result
}

test("a changed table is reported by --check, generated, applied, and published to", async () => {
  await withTestDatabase(async (url) => {
    expect(await run(url, "migrate", "--check")).toMatchObject({
      code: 0,
      stdout: "The migrations make the declared tables: 1 migration in migrations.\n",
    })
    const { schema_version: _, ...document } = JSON.parse(
      (await run(url, "migrate", "--json")).stdout,
    ) as { readonly schema_version: number }
    expect(migrationsSchema.parse(document)).toMatchObject({
      migrations: ["0000_published_tables.sql"],
      is_missing: false,
    })
    expect((await run(url, "materialize")).code).toBe(0)
    edit("tables.ts", "pieces: bigint", "orders: integer().notNull().default(0),\n  pieces: bigint")
    edit("tables.ts", "import { bigint,", "import { bigint, integer,")
    expect(await run(url, "migrate", "--check")).toMatchObject({
      code: 6,
      stdout:
        "The declared tables have changes that no migration makes.\n" +
        "  `freshet migrate --generate` writes the migration.\n",
    })
    const generated = await run(url, "migrate", "--generate", "--name", "count_orders")
    expect(generated.stdout).toMatch(/^Created migrations\/0001_count_orders\.sql\.\n/)
    expect(await run(url, "migrate", "--generate")).toMatchObject({
      code: 0,
      stdout: "The migrations make the declared tables: 2 migrations in migrations.\n",
    })
    expect(await run(url, "migrate")).toMatchObject({
      code: 0,
      stdout: "The published tables are up to date: 2 migrations in migrations.\n",
    })
    const { stdout } = await run(
      url,
      "sql",
      "--published",
      "--csv",
      "select product, orders from shop.product_sales order by 1 limit 1",
    )
    expect(stdout).toBe("product,orders\napple,0\n")
  })
})

test("a mistake in the tables is reported with the words of the generator", async () => {
  const text = readFileSync(join(folder, "tables.ts"), "utf8")
  writeFileSync(join(folder, "tables.ts"), `${text}\nthrow new Error("no tables today")\n`)
  const { code, stderr } = await run("postgres://nobody@127.0.0.1:1/none", "migrate", "--check")
  writeFileSync(join(folder, "tables.ts"), text)
  expect(code).toBe(2)
  expect(stderr).toContain("no tables today")
})

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(join(folder, path), "utf8")
  expect(text).toContain(from)
  writeFileSync(join(folder, path), text.replace(from, to))
}
