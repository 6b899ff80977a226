import { describe, expect, test } from "vitest"

import {
  findPartition,
  findPartitionBounds,
  formatPartitionKey,
  getDeclaredRange,
  type OnShortWindow,
} from "../../src/engine.ts"
import {
  all,
  daily,
  hourly,
  last,
  latest,
  monthly,
  previous,
  sql,
  staticKeys,
  unpartitioned,
  upTo,
  weekly,
  window,
  type AnyAsset,
  type Partitions,
  type Sql,
  type Timed,
} from "../../src/index.ts"
import {
  afterDay,
  dailyAsset,
  day,
  everyDay,
  buildValidGraph,
  snapshotSource,
} from "../declarations.ts"
import { source, partitionedSource } from "../declarations.ts"

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

/** The days of January 2026 on which an asset with this query exists: `3 to 9`. */
function findBounds(query: Sql, days: Record<string, readonly number[]>, closed = 20): string {
  const asset = dailyAsset("x", query)
  const landed = Object.fromEntries(
    Object.entries(days).map(([name, each]) => [name, name === "users" ? each : each.map(day)]),
  )
  const graph = buildValidGraph(raw, gone, users, asset)
  const found = findPartitionBounds(graph, landing(landed), afterDay(closed)).get("x")
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
  ["the latest partition, up to the clock", sql`from ${latest(raw)}`, "3 to 20"],
  ["all partitions, up to the clock", sql`from ${all(raw)}`, "1 to 20"],
  ["a snapshot, up to the clock", sql`from ${users}`, "1 to 20"],
  ["nothing at all, up to the clock", sql`select 1`, "1 to 20"],
  ["something that never landed", sql`from ${raw}, ${gone}`, "nothing"],
])("an asset that reads %s", (_, query, expected) => {
  expect(findBounds(query, { raw: [3, 6, 9], users: [0] })).toBe(expected)
})

test("an asset has the days that both its upstreams have", () => {
  const query = sql`from ${raw}, ${gone}`
  expect(findBounds(query, { raw: [3, 9], gone: [5, 12] })).toBe("5 to 9")
  expect(findBounds(query, { raw: [3, 4], gone: [8, 12] })).toBe("nothing")
})

describe("two sources that start on different days", () => {
  const findJoined = (onShortWindow: OnShortWindow) =>
    findBounds(sql`from ${raw}, ${last(2, gone, { onShortWindow })}`, {
      raw: [3, 9],
      gone: [5, 12],
    })

  test("are joined from the first day that the required read has, with a short window of the other", () => {
    expect([findJoined("truncate"), findJoined("error"), findJoined("skip")]).toEqual([
      "3 to 9",
      "3 to 9",
      "6 to 9",
    ])
  })

  test("are joined from the first day that either has, if both windows may be short", () => {
    const query = sql`from ${last(3, raw)}, ${last(2, gone)}`
    expect(findBounds(query, { raw: [3, 9], gone: [5, 12] })).toBe("3 to 9")
    expect(findBounds(query, { raw: [3, 4], gone: [] })).toBe("nothing")
  })
})

describe("a source without required files", () => {
  const sparse = partitionedSource("raw", daily({ start: "2026-01-02" }), { whenMissing: "empty" })
  const other = source("gone")

  /** The days of an asset that reads the sparse source, which landed on day 5. */
  function findDays(query: Sql, landedDays: readonly number[], extra = {}): string {
    const graph = buildValidGraph(sparse, other, users, dailyAsset("x", query, extra))
    const landed = landing({ raw: [day(5)], gone: landedDays.map(day), users: [0] })
    const range = findPartitionBounds(graph, landed, afterDay(20)).get("x")
    return range === undefined ? "nothing" : `${range.from - day(0)} to ${range.to - day(0)}`
  }

  test("gives its reader every day from the declared start to the clock", () => {
    expect(findDays(sql`from ${sparse}`, [])).toBe("2 to 20")
    expect(findDays(sql`from ${last(7, sparse)}, ${users}`, [])).toBe("2 to 20")
    expect(findDays(sql`from ${upTo(sparse)}`, [])).toBe("2 to 20")
  })

  test("gives its reader the days of the other reads, even before its declared start", () => {
    expect(findDays(sql`from ${sparse}, ${other}`, [1, 9])).toBe("1 to 9")
    expect(findDays(sql`from ${sparse}, ${last(3, other)}`, [4, 9])).toBe("4 to 9")
  })

  test("exists up to the clock for a read of its latest file", () => {
    expect(findDays(sql`from ${latest(sparse)}`, [])).toBe("5 to 20")
  })

  test("gives no partition to a reader that requires whole windows before its start", () => {
    const whole = last(3, sparse, { onShortWindow: "skip" })
    expect(findDays(sql`from ${whole}, ${other}`, [1, 9])).toBe("4 to 9")
  })

  test("does not end its reader at its declared end", () => {
    const ended = partitionedSource("raw", daily({ start: "2026-01-02", end: "2026-01-06" }), {
      whenMissing: "empty",
    })
    const graph = buildValidGraph(ended, dailyAsset("x", sql`from ${ended}`))
    expect(findPartitionBounds(graph, landing({}), afterDay(20)).get("x")).toEqual({
      from: day(2),
      to: day(20),
    })
  })

  test("gives no rows to its reader before its start, and does not block it", () => {
    const future = partitionedSource("raw", daily({ start: "2027-01-01" }), {
      whenMissing: "empty",
    })
    const graph = buildValidGraph(future, other, dailyAsset("x", sql`from ${future}, ${other}`))
    const landed = landing({ gone: [day(3), day(4)] })
    expect(findPartitionBounds(graph, landed, afterDay(20)).get("x")).toEqual({
      from: day(3),
      to: day(4),
    })
  })
})

describe("an upstream whose declared end is reached", () => {
  const ended = partitionedSource("raw", daily({ start: "2026-01-01", end: "2026-01-06" }))
  const other = source("gone")
  const findDays = (query: Sql, last = 6) => {
    const graph = buildValidGraph(ended, other, dailyAsset("x", query))
    const landed = landing({ raw: [day(1), day(last)], gone: [day(1), day(9)] })
    const range = findPartitionBounds(graph, landed, afterDay(20)).get("x")
    return range && `${range.from - day(0)} to ${range.to - day(0)}`
  }

  test("ends a reader that requires it, and one that reads nothing else", () => {
    expect(findDays(sql`from ${ended}`)).toBe("1 to 6")
    expect(findDays(sql`from ${ended}, ${other}`)).toBe("1 to 6")
    expect(findDays(sql`from ${last(7, ended)}`)).toBe("1 to 6")
  })

  test("leaves a short window to a reader that another read ends", () => {
    expect(findDays(sql`from ${last(7, ended)}, ${other}`)).toBe("1 to 9")
    expect(findDays(sql`from ${last(7, ended)}, ${other}`, 5)).toBe("1 to 5")
  })
})

test("files of days that have not ended, or before the start, are ignored", () => {
  expect(findBounds(sql`from ${raw}`, { raw: [-5, 3, 8, 9, 10, 99] }, 8)).toBe("3 to 8")
  expect(findBounds(sql`from ${window(raw, -3, -1)}`, { raw: [3, 8] }, 8)).toBe("4 to 8")
  expect(findBounds(sql`from ${raw}`, { raw: [-5, 99] }, 8)).toBe("nothing")
})

test("no partition exists for an empty landing zone", () => {
  expect(findBounds(sql`from ${raw}`, {})).toBe("nothing")
  expect(findBounds(sql`from ${users}`, { raw: [] })).toBe("nothing")
})

test.each([["g"], ["other"]])(
  "a group is a label: the group %s does not change which partitions exist",
  (group) => {
    const far = source("far", { group: "other" })
    const bounds = findPartitionBounds(
      buildValidGraph(
        raw,
        far,
        users,
        dailyAsset("snapshot_reader", sql`from ${users}`, { group }),
        dailyAsset("fetcher", sql`select 1`, { group }),
        dailyAsset("reader", sql`from ${raw}`, { group }),
      ),
      landing({ raw: [day(4)], far: [day(9)], users: [0] }),
      afterDay(20),
    )
    expect([bounds.get("snapshot_reader"), bounds.get("fetcher"), bounds.get("reader")]).toEqual([
      { from: day(1), to: day(20) },
      { from: day(1), to: day(20) },
      { from: day(4), to: day(4) },
    ])
  },
)

test("an unpartitioned asset exists when all its upstreams do", () => {
  const uncut = (asset: AnyAsset, days: Record<string, readonly number[]>) =>
    findPartitionBounds(buildValidGraph(raw, users, asset), landing(days), afterDay(20)).get("u")
  const reader = dailyAsset("u", sql`from ${all(raw)}, ${users}`, { partitions: unpartitioned })
  expect(uncut(reader, { raw: [day(3)], users: [0] })).toEqual({ from: 0, to: 0 })
  expect(uncut(reader, { raw: [day(3)] })).toBeUndefined()
})

test("the bounds of a reader follow from the bounds of its upstream asset", () => {
  const a = dailyAsset("a", sql`from ${last(3, raw, { onShortWindow: "skip" })}`)
  const b = dailyAsset("b", sql`from ${last(2, a, { onShortWindow: "skip" })}`)
  const found = findPartitionBounds(
    buildValidGraph(raw, a, b),
    landing({ raw: [day(1), day(9)] }),
    afterDay(20),
  )
  expect([found.get("a"), found.get("b")]).toEqual([
    { from: day(3), to: day(9) },
    { from: day(4), to: day(9) },
  ])
})

test("no partition exists after the declared end", () => {
  const partitions = daily({ start: "2026-01-02", end: "2026-01-05" })
  expect(getDeclaredRange(partitions, afterDay(20))).toEqual({ from: day(2), to: day(5) })
  expect(getDeclaredRange(partitions, afterDay(3))).toEqual({ from: day(2), to: day(3) })
  expect(getDeclaredRange({ kind: "none" }, 0)).toEqual({ from: 0, to: 0 })
})

describe("between granularities", () => {
  const hours = hourly({ start: "2026-01-01T00" })
  const weeks = weekly({ start: "2026-W01" })
  const months = monthly({ start: "2026-01" })
  const keys = staticKeys(["eu", "us"])

  /** The existing partitions of an asset when these partitions of `up` have landed: `2026-01 to 2026-02`. */
  function across(
    reader: Partitions,
    read: (up: AnyAsset & { partitions: Timed }) => Sql,
    [upstream, ...landed]: readonly [Partitions, ...string[]],
    nowMs = Date.UTC(2027, 0, 1),
  ): string {
    const up = partitionedSource("up", upstream)
    const asset = dailyAsset("x", read(up as never), { partitions: reader }) // tests read what they like
    const indexes = landed.map((key) => findPartition(upstream, key)!)
    const found = findPartitionBounds(
      buildValidGraph(up, asset),
      landing({ up: indexes }),
      nowMs,
    ).get("x")
    if (found === undefined) return "nothing"
    return `${formatPartitionKey(reader, found.from)} to ${formatPartitionKey(reader, found.to)}`
  }

  test("a month exists when its last day does", () => {
    const month = (...landed: string[]) =>
      across(months, (up) => sql`from ${up}`, [everyDay, ...landed])
    expect(month("2026-01-10", "2026-02-27")).toBe("2026-01 to 2026-01")
    expect(month("2026-01-10", "2026-02-28")).toBe("2026-01 to 2026-02")
    expect(month("2026-01-10", "2026-01-30")).toBe("nothing")
  })

  test("a month exists whose source ends inside it, unless it must be whole", () => {
    const ending = daily({ start: "2026-01-01", end: "2026-02-10" })
    const month = (onShortWindow: OnShortWindow, ...landed: string[]) =>
      across(months, (up) => sql`from ${last(1, up, { onShortWindow })}`, [ending, ...landed])
    const all = ["2026-01-10", "2026-02-10"]
    expect([month("truncate", ...all), month("error", ...all)]).toEqual([
      "2026-01 to 2026-02",
      "2026-01 to 2026-02",
    ])
    expect(month("skip", "2026-01-01", "2026-02-10")).toBe("2026-01 to 2026-01")
    expect(month("truncate", "2026-01-10", "2026-02-09")).toBe("2026-01 to 2026-01")
  })

  test("a month exists when an asset ends inside it because its source does", () => {
    const file = partitionedSource("file", daily({ start: "2026-01-01", end: "2026-02-10" }))
    const days = dailyAsset("days", sql`from ${file}`)
    const month = dailyAsset("month", sql`from ${days}`, { partitions: months })
    const graph = buildValidGraph(file, days, month)
    const landed = landing({ file: [day(1), day(41)] })
    expect(findPartitionBounds(graph, landed, afterDay(300)).get("month")).toEqual({
      from: findPartition(months, "2026-01"),
      to: findPartition(months, "2026-02"),
    })
  })

  test("a month whose first days did not land is short: it exists, or is skipped where it must be whole", () => {
    const read = (onShortWindow: OnShortWindow) =>
      across(months, (up) => sql`from ${last(1, up, { onShortWindow })}`, [
        everyDay,
        "2026-01-10",
        "2026-03-01",
      ])
    expect([read("truncate"), read("error"), read("skip")]).toEqual([
      "2026-01 to 2026-02",
      "2026-01 to 2026-02",
      "2026-02 to 2026-02",
    ])
  })

  test("a week exists when its Sunday does, a day when its last hour does", () => {
    expect(across(weeks, (up) => sql`from ${up}`, [everyDay, "2026-01-05", "2026-01-17"])).toBe(
      "2026-W02 to 2026-W02",
    )
    expect(
      across(everyDay, (up) => sql`from ${up}`, [hours, "2026-01-05T07", "2026-01-07T22"]),
    ).toBe("2026-01-05 to 2026-01-06")
  })

  test("a day that reads its month exists when the month does", () => {
    expect(across(everyDay, (up) => sql`from ${up}`, [months, "2026-02"])).toBe(
      "2026-02-01 to 2026-02-28",
    )
    expect(across(everyDay, (up) => sql`from ${window(up, -40, -31)}`, [months, "2026-02"])).toBe(
      "2026-03-04 to 2026-03-31",
    )
  })

  test("an hour that reads the latest day exists from the first day's first hour up to the clock", () => {
    const read = (up: AnyAsset & { partitions: Timed }) => sql`from ${latest(up)}`
    expect(across(hours, read, [everyDay, "2026-01-05", "2026-01-06"], afterDay(8))).toBe(
      "2026-01-05T00 to 2026-01-08T23",
    )
  })

  test("a partition exists when it has ended in its own time zone", () => {
    const zone = "Asia/Kathmandu" // 5:45 ahead of UTC
    const local = daily({ start: "2026-01-01", zone })
    const at = (hour: number, minute: number) =>
      across(
        local,
        (up) => sql`from ${up}`,
        [local, "2026-01-04", "2026-01-05"],
        Date.UTC(2026, 0, 5, hour, minute),
      )
    expect([at(18, 14), at(18, 15)]).toEqual([
      "2026-01-04 to 2026-01-04",
      "2026-01-04 to 2026-01-05",
    ])
  })

  test("all static keys exist when one of them has landed", () => {
    expect(across(keys, (up) => sql`from ${up}`, [keys, "us"])).toBe("eu to us")
    expect(across(keys, (up) => sql`from ${all(up)}`, [everyDay, "2026-01-05"])).toBe("eu to us")
    expect(across(keys, (up) => sql`from ${up}`, [keys])).toBe("nothing")
  })

  test("an asset that reads only static keys exists up to the clock", () => {
    const asset = (up: AnyAsset) => sql`from ${all(up)}`
    expect(across(everyDay, asset, [keys, "eu"], afterDay(6))).toBe("2026-01-01 to 2026-01-06")
  })
})

test("a source of one optional file exists without it", () => {
  const notes = snapshotSource("notes", { whenMissing: "empty" })
  const reader = dailyAsset("r", sql`from ${notes}`, { partitions: unpartitioned })
  const found = findPartitionBounds(buildValidGraph(notes, reader), landing({}), afterDay(20))
  expect([found.get("notes"), found.get("r")]).toEqual([
    { from: 0, to: 0 },
    { from: 0, to: 0 },
  ])
})
