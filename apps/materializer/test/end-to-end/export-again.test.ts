import { join } from "node:path"

import { expect, test } from "vitest"

import { withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"

const declarations = `
  import { bool, date, decimal, float64, int64, list, nullable, publishTo, sourceAsset, sql, sqlAsset, struct, text, timestamp, unpartitioned } from "@freshet/core"
  import { bigint, doublePrecision, jsonb, numeric, pgSchema, text as pgText, timestamp as pgTimestamp } from "drizzle-orm/pg-core"
  const columns = {
    id: int64("Number."),
    price: nullable(decimal(38, 10, "Price.")),
    share: nullable(decimal(4, 4, "Share.")),
    ratio: nullable(float64("Ratio.")),
    note: nullable(text("Note.")),
    at: nullable(timestamp("Time.")),
    times: nullable(list(nullable(timestamp()))),
    place: nullable(struct({ name: text(), at: timestamp(), days: list(date()) })),
  }
  const table = pgSchema("exact").table("values", {
    id: bigint({ mode: "bigint" }).primaryKey(),
    price: numeric({ precision: 38, scale: 10 }),
    share: numeric({ precision: 4, scale: 4 }),
    ratio: doublePrecision(),
    note: pgText(),
    at: pgTimestamp({ withTimezone: true }),
    times: pgTimestamp({ withTimezone: true }).array(),
    place: jsonb(),
  })
  const common = { group: "test", partitions: unpartitioned, description: "Values.", columns }
  const createPair = (name, path, format, publish) => {
    const source = sourceAsset({ ...common, name: name + "_file", path, format, whenMissing: "empty" })
    return [source, sqlAsset({ ...common, ...publish, name, query: sql\`select * from \${source}\` })]
  }
  export const assets = [
    ...createPair("original", "original.jsonl", { kind: "json_lines" }, { publish: publishTo(table, { set: "exact" }) }),
    ...createPair("from_jsonl", "again.jsonl", { kind: "json_lines" }),
    ...createPair("from_csv", "again.csv", { kind: "csv" }),
  ]`

const table = `create schema exact;
  create table exact.values (id bigint primary key, price numeric(38, 10), share numeric(4, 4), ratio float8,
    note text, at timestamptz, times timestamptz[], place jsonb)`

interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

const lines = [
  {
    id: 1,
    price: "1234567890123456789012345678.0123456789",
    share: "0.5",
    ratio: "0.30000000000000004",
    note: "\ufeffa, \"b\"\r\nc 'd'",
    at: "2026-01-05T06:00:00.123456Z",
    times: ["0001-01-01T00:00:00.000001Z", null, "9999-12-31T23:59:59.999999Z"],
    place: { name: "x'y", at: "2026-01-05T06:00:00+05:30", days: ["2024-02-29"] },
  },
  { id: 2, price: "-0.0000000001", share: "-0.9999", ratio: "5e-324", note: "", times: [] },
  { id: 3, note: "null", ratio: "1.7976931348623157e308" },
  { id: 4 },
]

/** Writes a line whose numbers have all of their digits. */
function toJson(line: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(line).map(([name, value]) => {
    const isNumber = ["id", "price", "share", "ratio"].includes(name)
    return `${JSON.stringify(name)}:${isNumber ? String(value) : JSON.stringify(value)}`
  })
  return `{${members.join(",")}}\n`
}

test("exports land again with the same data version, and published values keep every digit", async () => {
  await withDeclaredProject(declarations, async (project) => {
    project.land("original.jsonl", lines.map(toJson).join(""))
    await withLedgerClient(project, (client) => client.query(table))
    expectDone(await runFreshet(project, "materialize", "original"))
    for (const format of ["jsonl", "csv"]) {
      const output = join(project.landing, `again.${format}`)
      const words = ["data", "export", "original", "--format", format, "--output", output]
      expectDone(await runFreshet(project, ...words))
    }
    expectDone(await runFreshet(project, "materialize"))
    const versions = await withLedgerClient(project, (client) =>
      client.query("select asset, data_version from freshet.materializations order by seq"),
    )
    const newest = new Map(versions.rows.map((row) => [row["asset"], row["data_version"]]))
    expect(new Set(newest.keys())).toEqual(new Set(["original", "from_jsonl", "from_csv"]))
    expect(new Set(newest.values()).size).toBe(1)
    const query = "select * from exact.values order by id"
    const published = await readFreshetJson<QueryResult>(project, "sql", "--published", query)
    const stored = await readFreshetJson<QueryResult>(
      project,
      "sql",
      "select * from original order by id",
    )
    const [{ place, ...first } = {}, ...others] = published.rows
    expect(place).toMatchObject({ name: "x'y", at: "2026-01-05 00:30:00+00", days: ["2024-02-29"] })
    expect([{ ...first, place: stored.rows[0]?.["place"] }, ...others]).toEqual(stored.rows)
    expect(stored.rows[0]).toMatchObject({
      price: "1234567890123456789012345678.0123456789",
      note: "\ufeffa, \"b\"\r\nc 'd'",
      at: "2026-01-05T06:00:00.123456Z",
    })
    expect(published.columns).toContainEqual({ name: "at", type: "TIMESTAMP WITH TIME ZONE" })
  })
})
