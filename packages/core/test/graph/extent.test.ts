import { expect, test } from "vitest"

import {
  all,
  extentsOf,
  last,
  latest,
  previous,
  sql,
  unpartitioned,
  upTo,
} from "../../src/index.ts"
import { daily, declaredRange, window } from "../../src/index.ts"
import type { AnyAsset, Sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, snapshotSource, source } from "../declared.ts"

const raw = source("raw")
const gone = source("gone")
const users = snapshotSource("users")

const landing = (days: Record<string, readonly number[]>) =>
  new Map(
    Object.entries(days).map(([name, indexes]) => [
      name,
      new Map(indexes.map((index) => [index, { files: [], version: "v" }])),
    ]),
  )

/** Days of January 2026 on which an asset with this query exists: `3 to 9`. */
function extent(query: Sql, days: Record<string, readonly number[]>, closed = 20): string {
  const asset = dailyAsset("x", query)
  const landed = Object.fromEntries(
    Object.entries(days).map(([name, each]) => [name, name === "users" ? each : each.map(day)]),
  )
  const graph = graphOf(raw, gone, users, asset)
  const found = extentsOf(graph, landing(landed), afterDay(closed)).get("x")
  return found === undefined ? "nothing" : `${found.from - day(0)} to ${found.to - day(0)}`
}

test.each<[string, Sql, string]>([
  ["the same partition", sql`from ${raw}`, "3 to 9"],
  ["a window that is cut off", sql`from ${last(3, raw)}`, "3 to 9"],
  [
    "a window that must be whole, or the partition is skipped",
    sql`from ${last(3, raw, { onShortWindow: "skip" })}`,
    "5 to 9",
  ],
  [
    "a window that must be whole, or the partition waits",
    sql`from ${last(3, raw, { onShortWindow: "error" })}`,
    "3 to 9",
  ],
  ["the days before", sql`from ${window(raw, -3, -1)}`, "4 to 10"],
  ["whole days before", sql`from ${window(raw, -3, -1, { onShortWindow: "skip" })}`, "6 to 10"],
  ["everything up to it", sql`from ${upTo(raw)}`, "3 to 9"],
  ["its own past too", sql`from ${raw}, ${previous()}`, "3 to 9"],
  ["the latest partition, as far as its group goes", sql`from ${latest(raw)}`, "3 to 9"],
  ["all partitions, as far as its group goes", sql`from ${all(raw)}`, "1 to 9"],
  ["a snapshot, as far as its group goes", sql`from ${users}`, "1 to 9"],
  ["nothing at all, as far as its group goes", sql`select 1`, "1 to 9"],
  ["something that never landed", sql`from ${raw}, ${gone}`, "nothing"],
])("an asset that reads %s", (_, query, expected) => {
  expect(extent(query, { raw: [3, 6, 9], users: [0] })).toBe(expected)
})

test("two upstreams share the days that both have", () => {
  const query = sql`from ${raw}, ${last(2, gone)}`
  expect(extent(query, { raw: [3, 9], gone: [5, 12] })).toBe("5 to 9")
  expect(extent(query, { raw: [3, 4], gone: [8, 12] })).toBe("nothing")
})

test("files of days that are not over, or before the start, do not count yet", () => {
  expect(extent(sql`from ${raw}`, { raw: [-5, 3, 8, 9, 10, 99] }, 8)).toBe("3 to 8")
  expect(extent(sql`from ${window(raw, -3, -1)}`, { raw: [3, 8] }, 8)).toBe("4 to 8")
  expect(extent(sql`from ${raw}`, { raw: [-5, 99] }, 8)).toBe("nothing")
})

test("an empty landing zone has nothing", () => {
  expect(extent(sql`from ${raw}`, {})).toBe("nothing")
  expect(extent(sql`from ${users}`, { raw: [] })).toBe("nothing")
})

test("without any daily file, time goes to the newest day that is over", () => {
  expect(extent(sql`from ${users}`, { users: [0] }, 8)).toBe("1 to 8")
})

test("only the group's own files set how far time goes", () => {
  const far = source("far", { group: "other" })
  const asset = dailyAsset("x", sql`from ${users}`)
  const found = extentsOf(
    graphOf(raw, far, users, asset),
    landing({ raw: [day(4)], far: [day(9)], users: [0] }),
    afterDay(20),
  )
  expect(found.get("x")).toEqual({ from: day(1), to: day(4) })
})

test("an uncut asset is there as soon as everything it reads is", () => {
  const uncut = (asset: AnyAsset, days: Record<string, readonly number[]>) =>
    extentsOf(graphOf(raw, users, asset), landing(days), afterDay(20)).get("u")
  const reader = dailyAsset("u", sql`from ${all(raw)}, ${users}`, { partitions: unpartitioned })
  expect(uncut(reader, { raw: [day(3)], users: [0] })).toEqual({ from: 0, to: 0 })
  expect(uncut(reader, { raw: [day(3)] })).toBeUndefined()
})

test("outputs of what reads an asset follow from the asset's own partitions", () => {
  const a = dailyAsset("a", sql`from ${last(3, raw, { onShortWindow: "skip" })}`)
  const b = dailyAsset("b", sql`from ${last(2, a, { onShortWindow: "skip" })}`)
  const found = extentsOf(graphOf(raw, a, b), landing({ raw: [day(1), day(9)] }), afterDay(20))
  expect([found.get("a"), found.get("b")]).toEqual([
    { from: day(3), to: day(9) },
    { from: day(4), to: day(9) },
  ])
})

test("a declared end is the last day, whatever lands later", () => {
  const partitions = daily({ start: "2026-01-02", end: "2026-01-05" })
  expect(declaredRange(partitions, afterDay(20))).toEqual({ from: day(2), to: day(5) })
  expect(declaredRange(partitions, afterDay(3))).toEqual({ from: day(2), to: day(3) })
  expect(declaredRange({ kind: "none" }, 0)).toEqual({ from: 0, to: 0 })
})

test("a source of one file that may be missing is there without it", () => {
  const notes = snapshotSource("notes", { whenMissing: "empty" })
  const reader = dailyAsset("r", sql`from ${notes}`, { partitions: unpartitioned })
  const found = extentsOf(graphOf(notes, reader), landing({}), afterDay(20))
  expect([found.get("notes"), found.get("r")]).toEqual([
    { from: 0, to: 0 },
    { from: 0, to: 0 },
  ])
})
