import { join } from "node:path"

import { type Column, int64 } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgTable,
  smallint,
  text,
  timestamp,
} from "drizzle-orm/pg-core"
import { afterAll, beforeAll, expect, test } from "vitest"

import { formatTime } from "../../src/duckdb/format-time.ts"
import { createPublisher } from "../../src/publish/publisher.ts"
import { readPublished } from "../../src/publish/read-published.ts"
import { type LandingFixture, openLandingFixture } from "../input/landing-fixture.ts"
import { createJsonLine, createRandom } from "../input/random-file.ts"
import { allColumns, createSource } from "../input/random-sources.ts"
import { type JsonTree, parseJson } from "../input/reference-json.ts"
import { readJsonValue } from "../input/reference-value.ts"
import {
  buildRequest,
  openPublishFixture,
  publishedAsset,
  type PublishFixture,
} from "../publish/publish-fixture.ts"

const columns = { key: int64(), ...allColumns }

const values = pgTable("values", {
  key: bigint({ mode: "bigint" }).primaryKey(),
  id: integer().notNull(),
  small: smallint(),
  big: bigint({ mode: "bigint" }),
  ratio: doublePrecision(),
  price: numeric({ precision: 18, scale: 2 }),
  fine: numeric({ precision: 38, scale: 10 }),
  unit: numeric({ precision: 10, scale: 10 }),
  whole: numeric({ precision: 38, scale: 0 }),
  ok: boolean(),
  name: text().notNull(),
  note: text(),
  day: date(),
  at: timestamp({ withTimezone: true }),
  ints: integer().array(),
  longs: bigint({ mode: "bigint" }).array(),
  ratios: doublePrecision().array(),
  prices: numeric({ precision: 20, scale: 12 }).array(),
  names: text().array(),
  flags: boolean().array(),
  days: date().array(),
  times: timestamp({ withTimezone: true }).array(),
  grid: jsonb(),
  place: jsonb(),
  parts: jsonb(),
})

const table = `create table "values" (key bigint primary key, id int not null, small smallint, big bigint,
  ratio float8, price numeric(18, 2), fine numeric(38, 10), unit numeric(10, 10), whole numeric(38, 0),
  ok boolean, name text not null, note text, day date, at timestamptz, ints int[], longs bigint[],
  ratios float8[], prices numeric(20, 12)[], names text[], flags boolean[], days date[], times timestamptz[],
  grid jsonb, place jsonb, parts jsonb)`

let landing: LandingFixture
let fixture: PublishFixture
beforeAll(async () => {
  landing = await openLandingFixture()
  fixture = await openPublishFixture(table)
})
afterAll(async () => {
  await landing.close()
  await fixture.close()
})

const seed = Number(process.env["FRESHET_TEST_SEED"] ?? Date.now() % 1_000_000_000)
const jsonColumns = ["grid", "place", "parts"]

test(`values of every type are the same in the landed file, in Parquet and in PostgreSQL (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const source = createSource("landed", allColumns, { kind: "json_lines" })
  const lines = Array.from({ length: 3000 }, () => createJsonLine(random, source)).join("\n")
  const path = join(landing.folder, "rows.parquet")
  await landing.store(source, { "rows.jsonl": lines }, path)
  const numbered = `select row_number() over () as key, * from read_parquet('${path}')`
  const publisher = createPublisher({ url: fixture.url, readRows: fixture.readRows })
  const asset = publishedAsset("values", columns, values)
  const files = [
    await fixture.store(`select * from (${numbered}) where key % 3 <> 0`),
    await fixture.store(numbered),
  ]
  for (const file of files) {
    await publisher.publish(buildRequest([[asset, file]]))
    const names = Object.keys(columns).map((name) =>
      jsonColumns.includes(name) ? `${quoteName(name)}::text` : quoteName(name),
    )
    const sql = `select ${names.join(", ")} from "values" order by key`
    const { rows } = await readPublished(fixture.client, { sql, limit: 10_000 })
    const stored = await fixture.readStored(file)
    expect(stored.length).toBeGreaterThan(100)
    expect(rows.map((row) => JSON.stringify(formatTimes(parseJsonColumns(row))))).toEqual(
      stored.map((row) => JSON.stringify(formatTimes(row))),
    )
  }
})

/** Writes the instants of a row as in RFC 3339, since the engine itself has the notation of SQL. */
function formatTimes(value: unknown): unknown {
  if (typeof value === "string") return formatTime(value)
  if (Array.isArray(value)) return value.map(formatTimes)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, cell]) => [name, formatTimes(cell)]))
}

/** Reads the columns of type jsonb as the engine shows them. */
function parseJsonColumns(row: Readonly<Record<string, unknown>>): unknown {
  const cells = Object.entries(row).map(([name, cell]) => {
    if (!jsonColumns.includes(name) || typeof cell !== "string") return [name, cell]
    const column: Column | undefined = Object.entries(columns).find(([key]) => key === name)?.[1]
    const value = readJsonValue(column!, toLandedNotation(parseJson(cell)!))
    return [name, value.kind === "value" ? value.value : value]
  })
  return Object.fromEntries(cells)
}

/** Writes instants as sources read them. */
function toLandedNotation(tree: JsonTree): JsonTree {
  switch (tree.kind) {
    case "string":
      return {
        kind: "string",
        text: tree.text.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/, "$1T$2Z"),
      }
    case "list":
      return { kind: "list", items: tree.items.map(toLandedNotation) }
    case "object":
      return {
        kind: "object",
        members: tree.members.map(([name, member]) => [name, toLandedNotation(member)]),
      }
    case "number":
    case "literal":
      return tree
  }
}
