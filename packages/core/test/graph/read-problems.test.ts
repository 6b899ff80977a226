import { describe, expect, test } from "vitest"

import {
  all,
  asLanded,
  daily,
  hourly,
  itself,
  last,
  latest,
  monthly,
  noRows,
  previous,
  sql,
  staticKeys,
  unpartitioned,
  upTo,
  weekly,
  type AnyAsset,
  type Daily,
  type Sql,
} from "../../src/index.ts"
import { dailyAsset, partitionedSource, source } from "../declarations.ts"
import { formatProblems } from "./problems.ts"

describe("reads between granularities", () => {
  const berlin = { zone: "Europe/Berlin" }
  const keys = staticKeys(["eu", "us"])
  const cuts = {
    hours: hourly({ start: "2026-01-01T00" }),
    days: daily({ start: "2026-01-01" }),
    weeks: weekly({ start: "2026-W01" }),
    months: monthly({ start: "2026-01" }),
    local: daily({ start: "2026-01-01", ...berlin }),
    keys,
    others: staticKeys(["eu", "asia"]),
    turned: staticKeys(["us", "eu"]),
    once: unpartitioned,
  }
  type Cut = keyof typeof cuts
  type Up = AnyAsset & { readonly partitions: Daily }

  /** The problems of an asset of one granularity that reads a source of another. */
  function across(own: Cut, upstream: Cut, read: (up: Up) => Sql = (up) => sql`from ${up}`) {
    const up = partitionedSource("up", cuts[upstream])
    const query = read(up as never) // the compiler refuses some of these, plain JavaScript does not
    return formatProblems(up, dailyAsset("b", query, { partitions: cuts[own] }))
  }

  const week = (up: Up) => sql`from ${last(7, up)}`
  const newest = (up: Up) => sql`from ${latest(up)}`
  const past = (up: Up) => sql`from ${upTo(up)}`

  test.each<[Cut, Cut]>([
    ["hours", "days"],
    ["days", "hours"],
    ["days", "weeks"],
    ["weeks", "days"],
    ["months", "hours"],
    ["hours", "months"],
    ["months", "months"],
    ["local", "local"],
  ])("%s may read %s without a window, through windows and through latest", (own, upstream) => {
    for (const read of [undefined, week, newest, past])
      expect(across(own, upstream, read)).toEqual([])
  })

  test.each(Object.keys(cuts) as Cut[])("%s may read all partitions of any granularity", (own) => {
    for (const upstream of Object.keys(cuts) as Cut[])
      expect(across(own, upstream, (up) => sql`from ${all(up)}`)).toEqual([])
  })

  test("a read between two time zones is reported for every granularity", () => {
    expect(across("local", "days")).toEqual([
      "`b` is partitioned by the clocks of Europe/Berlin, `up` by those of UTC. Partitions of two time zones do not nest: use one zone for both, or use all(…).",
    ])
    expect(across("hours", "local", week)).toHaveLength(1)
    expect(across("local", "months", newest)).toHaveLength(1)
  })

  test("a read between weeks and months is reported", () => {
    expect([across("weeks", "months"), across("months", "weeks", week)]).toEqual([
      [
        "`b` is weekly but reads `up`, which is monthly. A week may span two months: read a daily asset instead, or use all(…).",
      ],
      [
        "`b` is monthly but reads `up [last 7]`, which is weekly. A week may span two months: read a daily asset instead, or use all(…).",
      ],
    ])
  })

  test("an asset partitioned by key reads one partitioned by time through all or latest only", () => {
    expect(across("keys", "days")).toEqual([
      "`b` is partitioned by key but reads `up`, which is daily. Use all(…) or latest(…).",
    ])
    expect(across("keys", "hours", week)).toHaveLength(1)
    expect(across("keys", "days", past)).toHaveLength(1)
    expect(across("keys", "days", newest)).toEqual([])
  })

  test("an asset partitioned by time reads one partitioned by key through all only", () => {
    expect(across("days", "keys")).toEqual([
      "`b` is daily but reads `up`, which is partitioned by key. Use all(…).",
    ])
    expect(across("days", "keys", newest)).toHaveLength(1)
  })

  test("a read between two lists of keys is reported with a key that only one has", () => {
    expect([across("keys", "others"), across("keys", "turned")]).toEqual([
      [
        '`b` reads `up`, which has other keys: only `b` has "us". Use one list of keys for both, or use all(…).',
      ],
      [
        "`b` reads `up`, which has other keys: their order differs. Use one list of keys for both, or use all(…).",
      ],
    ])
    expect(across("keys", "keys")).toEqual([])
  })

  test("a window over keys is reported", () => {
    expect(across("keys", "keys", week)).toEqual([
      "`b` reads `up [last 7]`, but keys have no order. Read it without a window, which is the same key, or use all(…).",
    ])
    expect(across("keys", "keys", past)).toHaveLength(1)
  })

  test("every granularity reads an unpartitioned asset without a window only", () => {
    for (const own of ["days", "keys", "once"] as const) {
      expect(across(own, "once")).toEqual([])
      expect(across(own, "once", week)).toEqual([
        "`b` reads `up [last 7]`. It is not partitioned: read it without a window.",
      ])
    }
  })

  test("the reads of checks follow the same rules", () => {
    const up = partitionedSource("up", cuts.weeks)
    const middle = dailyAsset("middle", sql`from ${up}`)
    const check = noRows("c", { description: "", query: sql`from ${itself}, ${up}` })
    const monthly = dailyAsset("b", sql`from ${middle}`, {
      partitions: cuts.months,
      checks: [check],
    })
    expect(formatProblems(up, middle, monthly)).toEqual([
      "`b` is monthly but reads `up`, which is weekly. A week may span two months: read a daily asset instead, or use all(…).",
    ])
  })
})

describe("reads as landed", () => {
  const raw = source("raw")

  test("have the rules of their windows", () => {
    expect(formatProblems(raw, dailyAsset("b", sql`from ${asLanded(last(7, raw))}`))).toEqual([])
    const once = dailyAsset("b", sql`from ${asLanded(raw)}`, { partitions: unpartitioned })
    expect(formatProblems(raw, once)).toEqual([
      "`b` is not partitioned but reads `raw [as landed]`. Use all(…) or latest(…).",
    ])
  })

  test("are of sources only", () => {
    const a = dailyAsset("a", sql`from ${raw}`)
    const pinned = asLanded(a as never) // the compiler refuses it, plain JavaScript does not
    expect(formatProblems(raw, a, dailyAsset("b", sql`from ${pinned}`))).toEqual([
      "`b` reads `a` as landed, but it is not a source. Use asLanded(…) where `a` reads a source.",
    ])
    expect(
      formatProblems(raw, dailyAsset("b", sql`from ${raw}, ${asLanded(previous() as never)}`)),
    ).toEqual([
      "`b` reads itself as landed. asLanded(…) pins the files of a source; earlier partitions of an asset do not change with files.",
    ])
  })

  test("are of sources that keep what was computed from removed files", () => {
    const retracted = source("raw", { whenRemoved: "retract" })
    expect(formatProblems(retracted, dailyAsset("b", sql`from ${asLanded(retracted)}`))).toEqual([
      '`b` reads `raw` as landed, but `raw` retracts what was computed from removed files. Declare whenRemoved: "keep" on `raw`, or read it without asLanded(…).',
    ])
  })
})
