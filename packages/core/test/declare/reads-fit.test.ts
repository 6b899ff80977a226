import { describe, expect, expectTypeOf, test } from "vitest"

import {
  all,
  codeAsset,
  daily,
  int64,
  latest,
  monthly,
  sql,
  sqlAsset,
  staticKeys,
  weekly,
  type Sql,
} from "../../src/index.ts"

const everyDay = daily({ start: "2026-01-01" })
const counted = {
  name: "counted",
  group: "g",
  description: "",
  columns: { count: int64() },
} as const
const settings = sqlAsset({ ...counted, name: "settings", query: sql`select 1 as count` })
const engagements = sqlAsset({ ...counted, partitions: everyDay, query: sql`select 1 as count` })
const clicks = sqlAsset({ ...counted, partitions: everyDay, query: sql`from ${engagements}` })
const regions = staticKeys(["eu", "us"])
const prices = sqlAsset({ ...counted, partitions: regions, query: sql`select 1 as count` })

describe("a read without a window requires granularities that determine the upstream partition", () => {
  test("assets partitioned by key and by time may not read each other without a window", () => {
    sqlAsset({
      ...counted,
      partitions: prices.partitions,
      // @ts-expect-error an asset partitioned by key reads one partitioned by time: use all(…) or latest(…)
      query: sql`from ${engagements}`,
    })
    sqlAsset({
      ...counted,
      partitions: everyDay,
      // @ts-expect-error an asset partitioned by time reads one partitioned by key: use all(…)
      query: sql`from ${engagements}, ${prices}`,
    })
    codeAsset({
      ...counted,
      version: "1",
      partitions: everyDay,
      // @ts-expect-error an asset partitioned by time reads one partitioned by key: use all(…)
      upstream: { prices },
      async *compute() {},
    })
    const keyed = sqlAsset({
      ...counted,
      partitions: prices.partitions,
      query: sql`from ${prices}, ${settings}, ${all(clicks)}, ${latest(engagements)}`,
    })
    const timed = sqlAsset({ ...counted, partitions: everyDay, query: sql`from ${all(prices)}` })
    expect([keyed, timed].map(({ computation }) => computation.reads.length)).toEqual([4, 1])
  })

  test("weeks and months may not read each other without a window", () => {
    const [weeks, months] = [weekly({ start: "2026-W01" }), monthly({ start: "2026-01" })]
    const byWeek = sqlAsset({ ...counted, partitions: weeks, query: sql`from ${clicks}` })
    const byMonth = sqlAsset({ ...counted, partitions: months, query: sql`from ${engagements}` })
    sqlAsset({
      ...counted,
      partitions: months,
      // @ts-expect-error weeks and months do not nest: read a daily asset instead, or use all(…)
      query: sql`from ${byWeek}`,
    })
    sqlAsset({
      ...counted,
      partitions: weeks,
      // @ts-expect-error weeks and months do not nest: read a daily asset instead, or use all(…)
      query: sql`from ${byWeek}, ${byMonth}`,
    })
    const fine = sqlAsset({ ...counted, partitions: months, query: sql`from ${all(byWeek)}` })
    expectTypeOf(fine.partitions.kind).toEqualTypeOf<"monthly">()
    const either: Sql = sql`from ${byMonth}` // the compiler does not know its reads; buildGraph checks them
    expect(sqlAsset({ ...counted, partitions: weeks, query: either }).kind).toBe("asset")
  })
})
