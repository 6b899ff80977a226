import {
  bool,
  type Column,
  date,
  decimal,
  float64,
  int32,
  list,
  nullable,
  sourceAsset,
  struct,
  text,
  timestamp,
  unpartitioned,
} from "@freshet/core"
import type { CsvFormat } from "@freshet/core/engine"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

const createSource = (column: Column, format: "json_lines" | CsvFormat) =>
  sourceAsset({
    name: "values",
    group: "test",
    description: "One value a line.",
    partitions: unpartitioned,
    path: "values",
    format: format === "json_lines" ? { kind: format } : format,
    tolerance: 1,
    columns: { v: nullable(column), other: nullable(text()) },
  })

/** Reads one value of a column with both parsers: the value, or the reason of its line. */
async function readValue(column: Column, format: "json" | "csv", raw: string): Promise<unknown> {
  const isJson = format === "json"
  const source = createSource(column, isJson ? "json_lines" : { kind: "csv" })
  const field = /[",\n]/.test(raw) ? `"${raw.replaceAll('"', '""')}"` : raw
  const content = isJson ? `{"v":${raw}}\n` : `v,other\n${field},x\n`
  const results = []
  for (const parser of ["fast", "strict"] as const) {
    const { rows, quarantined, count } = await landing.read(source, { values: content }, parser)
    expect(count.lines).toBe(1)
    results.push(quarantined[0]?.reason ?? rows[0]?.["v"])
  }
  expect(results[0]).toEqual(results[1])
  return results[0]
}

describe("the written digits of a decimal decide, in JSON and CSV", () => {
  test.each<[column: Column, digits: string, value: string]>([
    [decimal(18, 2), "1234567890123456.78", "1234567890123456.78"],
    [decimal(18, 2), "-1234567890123456.78", "-1234567890123456.78"],
    [decimal(38, 10), "123456789.123456789", "123456789.1234567890"],
    [
      decimal(38, 10),
      "1234567890123456789012345678.0123456789",
      "1234567890123456789012345678.0123456789",
    ],
    [decimal(38, 20), "12345678.1234567", "12345678.12345670000000000000"],
    [decimal(18, 2), "1234567890123456.780000000000000000000", "1234567890123456.78"],
    [decimal(18, 2), "12345678901234567.8e-1", "1234567890123456.78"],
    [decimal(18, 2), "1e15", "1000000000000000.00"],
    [decimal(18, 2), "-0.00", "0.00"],
    [decimal(18, 2), "1234567890123456.789", "wrong_type"],
    [decimal(18, 2), "1e-400", "wrong_type"],
    [decimal(18, 2), "12345678901234567.8", "out_of_range"],
    [decimal(18, 2), "1e400", "out_of_range"],
    [decimal(38, 0), "99999999999999999999999999999999999999", "9".repeat(38)],
    [decimal(38, 0), "100000000000000000000000000000000000000", "out_of_range"],
  ])("$0.type: %s %s is %s", async (column, digits, value) => {
    expect(await readValue(column, "json", digits)).toBe(value)
    expect(await readValue(column, "csv", digits)).toBe(value)
    const items = list(column)
    const item = /^[a-z]/.test(value) ? `v[1]: ${value}` : [value]
    expect(await readValue(items, "json", `[${digits}]`)).toEqual(item)
    expect(await readValue(items, "csv", `[${digits}]`)).toEqual(item)
  })
})

const place = struct({ a: int32(), b: nullable(list(text())) })

describe("elements and members have the rules of columns, with their path in the reason", () => {
  test.each<[column: Column, raw: string, value: unknown]>([
    [list(int32()), "[1,2147483647]", [1, 2147483647]],
    [list(int32()), '[1,"x"]', "v[2]: wrong_type"],
    [list(int32()), "[2147483648]", "v[1]: out_of_range"],
    [list(int32()), "[1.5]", "v[1]: wrong_type"],
    [list(int32()), "[1,2,true]", "v[3]: wrong_type"],
    [list(int32()), '["2"]', "v[1]: wrong_type"],
    [list(int32()), "[1,null]", "v[2]: missing_field"],
    [list(nullable(int32())), "[1,null]", [1, null]],
    [list(float64()), "[1e309]", "v[1]: out_of_range"],
    [list(float64()), "[1e-400]", "v[1]: out_of_range"],
    [list(float64()), '["infinity"]', "v[1]: wrong_type"],
    [list(bool()), "[0]", "v[1]: wrong_type"],
    [list(date()), '["2026-02-29"]', "v[1]: wrong_type"],
    [list(text()), String.raw`["a","x\u0000y"]`, "v[2]: nul_byte"],
    [list(list(int32())), '[[1],[2,"x"]]', "v[2][2]: wrong_type"],
    [list(int32()), '{"a":1}', "wrong_type"],
    [place, '{"b":["x",""],"a":-1,"c":{}}', { a: -1, b: ["x", ""] }],
    [place, '{"a":1}', { a: 1, b: null }],
    [place, '{"a":"x"}', "v.a: wrong_type"],
    [place, '{"a":1.5}', "v.a: wrong_type"],
    [place, '{"A":1}', "v.a: missing_field"],
    [place, '{"a":1,"a":2}', "v: malformed_json"],
    [place, String.raw`{"a":1,"b":["\u0000"]}`, "v.b[1]: nul_byte"],
    [place, "[1]", "wrong_type"],
    [list(place), '[{"a":1},{"a":null}]', "v[2].a: missing_field"],
  ])("%s %s", async (column, raw, value) => {
    expect(await readValue(column, "json", raw)).toEqual(value)
    expect(await readValue(column, "csv", raw)).toEqual(value)
  })
})

describe("one rule for each kind of value, in JSON and CSV", () => {
  test.each<[column: Column, raw: string, value: unknown]>([
    [date(), "0001-01-01", "0001-01-01"],
    [date(), "0000-12-31", "out_of_range"],
    [date(), "1900-02-29", "wrong_type"],
    [timestamp(), "0001-01-01T00:00:00Z", "0001-01-01 00:00:00+00"],
    [timestamp(), "0000-12-31T23:59:59Z", "out_of_range"],
    [timestamp(), "0001-01-01T00:00:00+00:01", "out_of_range"],
    [timestamp(), "0000-12-31T23:59:00-00:01", "0001-01-01 00:00:00+00"],
    [timestamp(), "9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999+00"],
    [timestamp(), "9999-12-31T23:59:59-00:01", "out_of_range"],
    [timestamp(), "2026-01-05T06:00:00.123456Z", "2026-01-05 06:00:00.123456+00"],
    [timestamp(), "2026-01-05T06:00:00.123456000Z", "2026-01-05 06:00:00.123456+00"],
    [timestamp(), "2026-01-05T06:00:00.1234567Z", "wrong_type"],
    [text(), "\ufeffa text with a byte order mark", "\ufeffa text with a byte order mark"],
  ])("%s %s is %s", async (column, raw, value) => {
    expect(await readValue(column, "json", JSON.stringify(raw))).toBe(value)
    expect(await readValue(column, "csv", raw)).toBe(value)
    const items = /^[a-z]+_[a-z_]+$/.test(String(value)) ? `v[1]: ${String(value)}` : [value]
    expect(await readValue(list(column), "json", JSON.stringify([raw]))).toEqual(items)
  })

  test.each<[raw: string, value: unknown]>([
    ["5e-324", 5e-324],
    ["-0.0", 0],
    ["0e-400", 0],
    ["1e-400", "out_of_range"],
    ["-1e-400", "out_of_range"],
    ["1e400", "out_of_range"],
    ["0.30000000000000004", 0.30000000000000004],
    ["1.7976931348623157e308", 1.7976931348623157e308],
  ])("a double: %s is %s", async (raw, value) => {
    expect(await readValue(float64(), "json", raw)).toEqual(value)
    expect(await readValue(float64(), "csv", raw)).toEqual(value)
  })

  test("invalid UTF-8 in a column that is not declared quarantines the line", async () => {
    const bytes = (content: string) => Buffer.from(content, "latin1")
    const csv = bytes("v,other,more\n1,x,\xff\n2,x,\n")
    for (const parser of ["fast", "strict"] as const) {
      const source = createSource(int32(), { kind: "csv" })
      const csvResult = await landing.read(source, { values: csv }, parser)
      const json = bytes('{"v":1,"more":"\xff"}\n{"v":2}\n')
      const jsonSource = createSource(int32(), "json_lines")
      const jsonResult = await landing.read(jsonSource, { values: json }, parser)
      for (const { rows, quarantined } of [csvResult, jsonResult]) {
        expect(rows.map(({ v }) => v)).toEqual([2])
        expect(quarantined.map(({ reason }) => reason)).toEqual(["invalid_utf8"])
      }
    }
  })
})

test("a column may have the name of any word that the readers use", async () => {
  const source = {
    ...createSource(int32(), "json_lines"),
    columns: { ordinal: int32(), reason: nullable(text()), rowid: nullable(int32()) },
  }
  const content = '{"ordinal":7,"reason":"late","rowid":3}\n{"ordinal":1.0}\n'
  for (const parser of ["fast", "strict"] as const) {
    const { rows, quarantined } = await landing.read(source, { values: content }, parser)
    expect(rows).toEqual([{ ordinal: 7, reason: "late", rowid: 3 }])
    expect(quarantined.map(({ line }) => line)).toEqual([2])
  }
})
