import { describe, expect, test } from "vitest"

import {
  findPartition,
  formatPartition,
  formatRelationName,
  listReads,
  renderSql,
} from "../../src/engine.ts"
import {
  all,
  asLanded,
  daily,
  hourly,
  identifier,
  int32,
  itself,
  joinSql,
  last,
  latest,
  partitionDay,
  partitionEnd,
  partitionKeyText,
  partitionStart,
  previous,
  sharedRows,
  sourceAsset,
  sql,
  staticKeys,
  upTo,
  window,
} from "../../src/index.ts"
import { day, everyDay } from "../declarations.ts"

const activity = sourceAsset({
  name: "activity",
  group: "g",
  description: "",
  partitions: daily({ start: "2026-01-01" }),
  columns: { user_id: int32() },
  format: { kind: "json_lines" },
  path: "activity/{partition}.json",
})

const render = (query: Parameters<typeof renderSql>[0]) =>
  renderSql(query, formatPartition(everyDay, day(5)))

describe("sql", () => {
  test.each([
    [sql`select ${1}`, "select 1"],
    [sql`select ${0.5}`, "select 0.5"],
    [sql`select ${9007199254740993n}`, "select 9007199254740993"],
    [sql`select ${true} and ${false}`, "select true and false"],
    [sql`select ${null}`, "select NULL"],
    [sql`select ${"it's"}`, "select 'it''s'"],
    [sql`select ${"'; drop table x; --"}`, "select '''; drop table x; --'"],
    [sql`select ${"back\\slash ${}"}`, "select 'back\\slash ${}'"],
    [sql`select ${""}`, "select ''"],
  ])("plain values become literals: %#", (query, expected) => {
    expect(render(query)).toBe(expected)
  })

  test("a negative value after a minus sign does not begin a comment", () => {
    expect(render(sql`select 5 -${-1}, 5 -${-2n}`)).toBe("select 5 -(-1), 5 -(-2)")
  })

  test.each([Number.NaN, Infinity, -Infinity])("%s has no literal and throws", (value) => {
    expect(() => sql`select ${value}`).toThrow(new RangeError(`${value} has no SQL literal`))
  })

  test("assets and reads become quoted relation names", () => {
    expect(render(sql`from ${activity} join ${last(7, activity)}`)).toBe(
      'from "activity" join "activity [last 7]"',
    )
  })

  test("adjacent texts are one part", () => {
    expect(sql`select ${1}, ${sql`2`} ${"x"}`.parts).toEqual([
      { kind: "text", text: "select 1, 2 'x'" },
    ])
  })

  test("a query has the reads of its fragments", () => {
    const lastWeek = sql`select * from ${last(7, activity)}`
    const query = sql`select count(*) from (${lastWeek}) join ${activity} using (user_id)`
    expect(listReads(query).map(formatRelationName)).toEqual(["activity [last 7]", "activity"])
    expect(render(query)).toBe(
      'select count(*) from (select * from "activity [last 7]") join "activity" using (user_id)',
    )
  })

  test("the partition's day is a date literal", () => {
    expect(render(sql`select ${partitionDay} - 1`)).toBe("select DATE '2026-01-05' - 1")
  })

  test("the name of the shared relation is not a valid asset name", () => {
    expect(render(sql`from ${sharedRows}`)).toBe('from "shared rows"')
  })
})

test("an identifier is quoted", () => {
  expect(render(sql`select ${identifier('a"b')}`)).toBe('select "a""b"')
})

test("joinSql keeps the reads of the fragments and puts the separator between them", () => {
  const joined = joinSql([sql`from ${activity}`, sql`from ${all(activity)}`], " union all ")
  expect(render(joined)).toBe('from "activity" union all from "activity [all]"')
  expect(joinSql([], ", ").parts).toEqual([])
})

test("listReads lists each relation once, in the order of first mention, over several queries", () => {
  const reads = listReads(
    undefined,
    sql`from ${latest(activity)}, ${activity}`,
    sql`from ${activity}, ${upTo(activity)}`,
  )
  expect(reads.map(formatRelationName)).toEqual([
    "activity [latest]",
    "activity",
    "activity [up to]",
  ])
})

describe("formatRelationName", () => {
  test.each([
    [last(7, activity), "activity [last 7]"],
    [last(1, activity), "activity [last 1]"],
    [window(activity, -7, -1), "activity [-7 to -1]"],
    [window(activity, -6, 0), "activity [last 7]"],
    [latest(activity), "activity [latest]"],
    [all(activity), "activity [all]"],
    [upTo(activity), "activity [up to]"],
    [asLanded(activity), "activity [as landed]"],
    [asLanded(latest(activity)), "activity [latest, as landed]"],
    [previous(), "itself [previous]"],
    [itself, "itself"],
  ])("says which partitions are read: %#", (read, name) => {
    expect(formatRelationName(read)).toBe(name)
  })
})

describe("window", () => {
  test.each([
    [0.5, 0],
    [-1, 0.5],
    [0, -1],
    [-1, 1],
    [Number.NaN, 0],
    [-Infinity, 0],
  ])("from %s to %s throws", (from, to) => {
    expect(() => window(activity, from, to)).toThrow(RangeError)
  })

  test("last(0) throws", () => {
    expect(() => last(0, activity)).toThrow(RangeError)
  })

  test("a short window is truncated by default", () => {
    expect(last(7, activity).window).toMatchObject({ onShortWindow: "truncate" })
    const strict = last(7, activity, { onShortWindow: "error" })
    expect(strict.window).toMatchObject({ from: -6, to: 0, onShortWindow: "error" })
  })
})

test("a query renders the key, the first day and the interval of its partition", () => {
  const query = sql`select ${partitionKeyText}, ${partitionDay}, ${partitionStart}, ${partitionEnd}`
  const hours = hourly({ start: "2026-01-01T00", zone: "Asia/Kolkata" })
  const hour = findPartition(hours, "2026-01-05T03") ?? 0
  expect(renderSql(query, formatPartition(hours, hour))).toBe(
    "select '2026-01-05T03', DATE '2026-01-05', TIMESTAMPTZ '2026-01-04T21:30:00.000Z', TIMESTAMPTZ '2026-01-04T22:30:00.000Z'",
  )
  const cities = formatPartition(staticKeys(["Côte d'Azur"]), 0)
  expect(renderSql(sql`select ${partitionKeyText}`, cities)).toBe("select 'Côte d''Azur'")
})
