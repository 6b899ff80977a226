import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { declareRecs, landRaw, recsPrelude, withPublishedRecs } from "./published-recs.ts"

const declareExact = (type: string) => `${recsPrelude}
  import { decimal } from "@freshet/core"
  import { numeric, timestamp as timestampColumn, varchar } from "drizzle-orm/pg-core"
  const exactTable = pgTable("exact", { u: whole().primaryKey(), share: ${type} })
  const exact = sqlAsset({
    ...common, name: "exact", description: "Shares.", columns: { u: int64(), share: decimal(20, 4) },
    query: sql\`select u, any_value(1.2345)::decimal(20, 4) as share from \${raw} group by u\`,
    publish: publishTo(exactTable, { set: "e" }),
  })
  export const assets = [raw, exact]`

test("a published column that would round is refused when the project is loaded, with both types", async () => {
  const declared = declareExact("numeric({ precision: 10, scale: 2 }).notNull()")
  await withPublishedRecs(declared, async (project) => {
    landRaw(project, "2026-01-01", 1)
    const refused = await runFreshet(project, "plan")
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(
      "exact cannot be published: its column share, DECIMAL(20,4), cannot be written to numeric(10, 2) exactly.",
    )
  })
})

test("a column of the database that would round is refused, with both types, and nothing is published", async () => {
  const declared = declareExact("numeric({ precision: 20, scale: 4 }).notNull()")
  await withPublishedRecs(
    declared,
    async (project) => {
      landRaw(project, "2026-01-01", 1)
      const refused = await runFreshet(project, "materialize")
      expect(refused.code).toBe(3)
      expect(refused.stderr).toContain(
        "The column share of exact is numeric(10,2), which does not hold DECIMAL(20,4) exactly.",
      )
    },
    "create table exact (u bigint primary key, share numeric(10, 2) not null)",
  )
})

test("a name that PostgreSQL would cut is refused when the project is loaded", async () => {
  const name = `${"long_".repeat(13)}column`
  const declared = declareExact("numeric({ precision: 20, scale: 4 }).notNull()").replace(
    '"exact", {',
    `"exact", { extra: textColumn("${name}"),`,
  )
  await withPublishedRecs(declared, async (project) => {
    const refused = await runFreshet(project, "plan")
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(
      `exact cannot be published: PostgreSQL cuts names after 63 bytes, and ${name} has ${name.length}.`,
    )
  })
})

test("a read-only database ends a run with 8 and one sentence", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landRaw(project, "2026-01-01", 1)
    expectDone(await runFreshet(project, "materialize"))
    const { pathname } = new URL(project.environment["DATABASE_URL"] ?? "")
    await withLedgerClient(project, (client) =>
      client.query(`alter database "${pathname.slice(1)}" set default_transaction_read_only = on`),
    )
    landRaw(project, "2026-01-02", 2)
    const { code, stderr } = await runFreshet(project, "materialize")
    expect(stderr).toContain("read-only")
    expect(code).toBe(8)
  })
})
