import { type Column, int32, publishTo, type RowOf, sql, sqlAsset, text } from "@freshet/core"
import type { ColumnsFitTable } from "@freshet/core/engine"
import { bigint, boolean, doublePrecision, json, numeric, pgTable } from "drizzle-orm/pg-core"
import { date, integer, timestamp, varchar } from "drizzle-orm/pg-core"
import { expect, expectTypeOf, test } from "vitest"

import { columnsFromTable } from "../src/columns-from-table.ts"
import { type userRecReasons, userRecs, users } from "./published-tables.ts"

test("a table's columns keep their names, order, types and nullability", () => {
  const columns = columnsFromTable(users)
  expect(Object.keys(columns).join(" ")).toBe(
    "id username experience approach holding_period " +
      "bonds equities forex futures options private_companies",
  )
  expect(columns.id).toEqual({ kind: "int32", type: "INTEGER", nullable: false })
  expect(columns.experience).toEqual({ kind: "text", type: "VARCHAR", nullable: true })
  expect(columns.bonds).toEqual({ kind: "int16", type: "SMALLINT", nullable: false })
})

test("the columns that publishing writes are no columns of the asset", () => {
  expect(Object.keys(columnsFromTable(userRecs))).toEqual(["user_id", "rec_id", "weight"])
  expectTypeOf<keyof ReturnType<typeof columnsFromTable<typeof userRecReasons>>>().toEqualTypeOf<
    "user_id" | "rec_id" | "reason_id"
  >()
})

test("descriptions and units become part of the columns", () => {
  const columns = columnsFromTable(userRecs, {
    user_id: "Who gets the recommendation.",
    weight: ["Strength of the recommendation.", "engagements"],
  })
  expect(columns.user_id.description).toBe("Who gets the recommendation.")
  expect(columns.weight).toMatchObject({
    description: "Strength of the recommendation.",
    unit: "engagements",
  })
  expect(columns.rec_id.description).toBeUndefined()
  // @ts-expect-error the table has no such column
  columnsFromTable(userRecs, { wieght: "Strength" })
})

test("each Postgres type becomes the asset column of the same value", () => {
  const columns = columnsFromTable(
    pgTable("everything", {
      flag: boolean().notNull(),
      big: bigint({ mode: "bigint" }).notNull(),
      ratio: doublePrecision(),
      price: numeric({ precision: 12, scale: 2 }).notNull(),
      day: date({ mode: "date" }).notNull(),
      at: timestamp({ withTimezone: true }).notNull(),
      tags: varchar().array().notNull(),
    }),
  )
  expect(Object.entries(columns).map(([name, { type }]) => `${name} ${type}`)).toEqual([
    "flag BOOLEAN",
    "big BIGINT",
    "ratio DOUBLE",
    "price DECIMAL(12,2)",
    "day DATE",
    "at TIMESTAMP WITH TIME ZONE",
    "tags VARCHAR[]",
  ])
  expectTypeOf(columns.big).toEqualTypeOf<Column<bigint>>()
  expectTypeOf(columns.ratio).toEqualTypeOf<Column<number | null>>()
})

test("an unsupported type is an error with its name", () => {
  expect(() => columnsFromTable(pgTable("odd", { body: json() }))).toThrow(/"body", json/)
  expect(() => columnsFromTable(pgTable("odd", { at: timestamp() }))).toThrow(/"at", timestamp/)
  expect(() => columnsFromTable(pgTable("odd", { price: numeric() }))).toThrow(/precision/)
})

test("a table's own columns fit it, so that an asset with them can be published there", () => {
  const columns = columnsFromTable(userRecs)
  type Fit = ColumnsFitTable<typeof columns, typeof userRecs>
  expectTypeOf<Fit["weight"]>().toBeUnknown()
  expectTypeOf<keyof Fit>().toEqualTypeOf<keyof typeof columns>()
  expectTypeOf<RowOf<typeof columns>>().toEqualTypeOf<{
    readonly user_id: number
    readonly rec_id: number
    readonly weight: number
  }>()
  const asset = sqlAsset({
    name: "user_recs",
    group: "stocktwits",
    description: "Recommendations.",
    columns,
    query: sql`select 1 as user_id, 2 as rec_id, 3 as weight`,
    publish: publishTo(userRecs, { set: "stocktwits" }),
  })
  expect(asset.publish?.table).toBe(userRecs)
})

test("columns that do not fit the table are compile errors with a sentence", () => {
  type Without = Omit<ReturnType<typeof columnsFromTable<typeof userRecs>>, "weight">
  expectTypeOf<
    ColumnsFitTable<Without, typeof userRecs>["weight"]
  >().toEqualTypeOf<"the published table requires this column">()
  const wrong = { user_id: int32(), rec_id: int32(), weight: text() }
  expectTypeOf<
    ColumnsFitTable<typeof wrong, typeof userRecs>["weight"]
  >().toEqualTypeOf<"weight is text in the asset and number in the published table">()
  const extra = { ...columnsFromTable(userRecs), rank: int32() }
  expectTypeOf<
    ColumnsFitTable<typeof extra, typeof userRecs>["rank"]
  >().toEqualTypeOf<"rank is not in the published table">()
  const nulls = columnsFromTable(pgTable("loose", { user_id: integer(), rec_id: integer() }))
  expectTypeOf<
    ColumnsFitTable<typeof nulls, typeof userRecReasons>["user_id"]
  >().toEqualTypeOf<"user_id is number or null in the asset and number in the published table">()
})
