import { describe, expect, expectTypeOf, test } from "vitest"

import { quoteName } from "../../src/engine.ts"
import {
  bool,
  date,
  decimal,
  float64,
  int16,
  int32,
  int64,
  list,
  nullable,
  struct,
  text,
  timestamp,
  type Column,
  type RowOf,
} from "../../src/index.ts"

test.each([
  [bool(), "bool", "BOOLEAN"],
  [int16(), "int16", "SMALLINT"],
  [int32(), "int32", "INTEGER"],
  [int64(), "int64", "BIGINT"],
  [float64(), "float64", "DOUBLE"],
  [text(), "text", "VARCHAR"],
  [date(), "date", "DATE"],
  [timestamp(), "timestamp", "TIMESTAMP WITH TIME ZONE"],
  [decimal(12, 2), "decimal", "DECIMAL(12,2)"],
  [list(int64()), "list", "BIGINT[]"],
  [list(list(text())), "list", "VARCHAR[][]"],
  [struct({ a: int32(), 'b"c': list(text()) }), "struct", 'STRUCT("a" INTEGER, "b""c" VARCHAR[])'],
])("every kind of column has one engine type and is not nullable: %#", (column, kind, type) => {
  expect(column).toMatchObject({ kind, type, nullable: false })
})

test("a column has its description and unit only if they are given", () => {
  expect(int32("Likes in a day.", { unit: "likes" })).toEqual({
    kind: "int32",
    type: "INTEGER",
    nullable: false,
    description: "Likes in a day.",
    unit: "likes",
  })
  expect(Object.keys(int32())).toEqual(["kind", "type", "nullable"])
})

describe("nullable", () => {
  test("changes only whether null is allowed", () => {
    const column = nullable(list(text(), "Words."))
    expect(column).toEqual({ ...list(text(), "Words."), nullable: true })
  })

  test("adds null to the value's type, in nested columns too", () => {
    expectTypeOf(nullable(list(text()))).toEqualTypeOf<Column<readonly string[] | null>>()
    expectTypeOf(list(nullable(text()))).toEqualTypeOf<Column<readonly (string | null)[]>>()
  })
})

test("a row has one value per column, of the column's TypeScript type", () => {
  const columns = {
    id: int64(),
    price: decimal(10, 2),
    at: timestamp(),
    seen: nullable(bool()),
    place: struct({ x: float64() }),
  }
  expectTypeOf<RowOf<typeof columns>>().toEqualTypeOf<{
    readonly id: bigint
    readonly price: string
    readonly at: Date
    readonly seen: boolean | null
    readonly place: { readonly x: number }
  }>()
})

test("quoteName quotes every character", () => {
  expect(quoteName('say "hi"')).toBe('"say ""hi"""')
})
