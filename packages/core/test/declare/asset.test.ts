import { describe, expect, expectTypeOf, test } from "vitest"

import type { Static, Unpartitioned } from "../../src/engine.ts"
import {
  all,
  asLanded,
  codeAsset,
  daily,
  hourly,
  int32,
  int64,
  last,
  latest,
  list,
  monthly,
  noRows,
  notNull,
  nullable,
  oneOf,
  previous,
  sharedRows,
  sourceAsset,
  sql,
  sqlAsset,
  sqlAssets,
  staticKeys,
  text,
  unique,
  upTo,
  weekly,
  window,
  type Asset,
  type Column,
  type Daily,
  type Read,
  type Rows,
  type Sql,
  type Timed,
} from "../../src/index.ts"

const everyDay = daily({ start: "2026-01-01" })
const everyHour = hourly({ start: "2026-01-01T00" })
const countries = staticKeys(["de", "fr"])
const about = { group: "stocktwits", description: "Something." }

const activity = sourceAsset({
  ...about,
  name: "activity",
  partitions: everyDay,
  columns: { user_id: int32(), word: nullable(text()) },
  format: { kind: "json_lines" },
  path: "activity/{partition}.json",
})

const engagements = sqlAsset({
  ...about,
  name: "engagements",
  partitions: everyDay,
  columns: { user_id: int64(), other_id: int64() },
  query: sql`select user_id, other_id from ${activity}`,
})

const settings = sqlAsset({
  ...about,
  name: "settings",
  columns: { count: int32() },
  query: sql`select 1 as count`,
})

const clicks = sqlAsset({
  ...about,
  name: "clicks",
  partitions: everyHour,
  columns: { user_id: int64() },
  query: sql`select user_id from ${engagements}`,
})

const prices = sqlAsset({
  ...about,
  name: "prices",
  partitions: countries,
  columns: { price: int32() },
  query: sql`select 1 as price`,
})

const counted = { ...about, name: "counted", columns: { count: int64() } } as const

describe("sqlAsset", () => {
  test("the type holds the columns, the name and the granularity, but no upstream", () => {
    expectTypeOf(engagements).toEqualTypeOf<
      Asset<"engagements", { user_id: Column<bigint>; other_id: Column<bigint> }, Daily>
    >()
    expectTypeOf(settings).toEqualTypeOf<
      Asset<"settings", { count: Column<number> }, Unpartitioned>
    >()
  })

  test("every granularity is part of the type", () => {
    expectTypeOf(clicks.partitions).toEqualTypeOf<Timed<"hourly">>()
    expectTypeOf(prices.partitions).toEqualTypeOf<Static>()
    const [weeks, months] = [weekly({ start: "2026-W01" }), monthly({ start: "2026-01" })]
    const byWeek = sqlAsset({ ...counted, partitions: weeks, query: sql`from ${last(4, clicks)}` })
    expectTypeOf(byWeek.partitions.kind).toEqualTypeOf<"weekly">()
    const byMonth = sqlAsset({ ...counted, partitions: months, query: sql`from ${clicks}` })
    expectTypeOf(byMonth.partitions).toEqualTypeOf<Timed<"monthly">>()
    expectTypeOf(sql`from ${clicks}, ${prices}, ${settings}, ${all(byWeek)}`).toEqualTypeOf<
      Sql<"hourly" | "static" | "none">
    >()
    expect([byWeek, byMonth].map(({ partitions }) => partitions.kind)).toEqual([
      "weekly",
      "monthly",
    ])
  })

  test("the computation has the asset's name and reads what the query interpolates", () => {
    const { computation } = sqlAsset({
      ...counted,
      partitions: everyDay,
      query: sql`select count(*) as count from ${last(7, engagements)}, ${engagements}, ${engagements}`,
    })
    expect(computation.name).toBe("counted")
    expect(computation.outputs.map((output) => output.asset)).toEqual(["counted"])
    expect(computation.reads.map((read) => [read.asset?.name, read.window.kind])).toEqual([
      ["engagements", "offsets"],
      ["engagements", "same"],
    ])
  })

  test("options default to empty, and an asset without partitions is unpartitioned", () => {
    expect(settings).toMatchObject({
      owners: [],
      tags: [],
      checks: [],
      partitions: { kind: "none" },
    })
    expect(settings.freshness).toBeUndefined()
    expect(settings.publish).toBeUndefined()
  })

  test("an unpartitioned asset may not read a partitioned one without a window", () => {
    sqlAsset({
      ...counted,
      // @ts-expect-error an unpartitioned asset reads a partitioned one: use all(…) or latest(…)
      query: sql`select count(*) as count from ${engagements}`,
    })
    sqlAsset({
      ...counted,
      // @ts-expect-error an unpartitioned asset reads a partitioned one: use all(…) or latest(…)
      query: sql`select count(*) as count from ${activity}`,
    })
    sqlAsset({
      ...counted,
      // @ts-expect-error an unpartitioned asset reads a partitioned one: use all(…) or latest(…)
      query: sql`select count(*) as count from ${clicks}`,
    })
    sqlAsset({
      ...counted,
      // @ts-expect-error an unpartitioned asset reads a partitioned one: use all(…) or latest(…)
      query: sql`select count(*) as count from ${prices}`,
    })
    expectTypeOf(engagements.partitions.kind).toEqualTypeOf<"daily">()
  })

  test("a read without a window is checked through nested fragments", () => {
    const inner = sql`select * from ${engagements}`
    const middle = sql`select user_id from (${inner})`
    sqlAsset({
      ...counted,
      // @ts-expect-error an unpartitioned asset reads a partitioned one: use all(…) or latest(…)
      query: sql`select count(*) as count from (${middle})`,
    })
    expect(middle.parts.filter((part) => part.kind === "read")).toHaveLength(1)
  })

  test("an unpartitioned asset may read all partitions, the latest one, and unpartitioned assets without a window", () => {
    const { computation } = sqlAsset({
      ...counted,
      query: sql`select count(*) as count from ${all(engagements)}, ${latest(engagements)}, ${settings}`,
    })
    expect(computation.reads).toHaveLength(3)
  })

  test("a partitioned asset may read partitioned and unpartitioned ones without a window", () => {
    const made = sqlAsset({
      ...counted,
      partitions: everyDay,
      query: sql`select count(*) as count from ${engagements}, ${settings}`,
    })
    expectTypeOf(made.partitions).toEqualTypeOf<Daily>()
  })

  test("a read as landed of something else than a source is a type error", () => {
    // @ts-expect-error an asset is not a source
    asLanded(settings)
    // @ts-expect-error neither is the previous partition
    asLanded(previous())
    // @ts-expect-error nor a window of an asset
    asLanded(all(settings))
    expectTypeOf(asLanded(activity)).toEqualTypeOf<Read<typeof activity>>()
    expectTypeOf(asLanded(all(activity))).toEqualTypeOf<Read<typeof activity>>()
  })

  test("a window over an unpartitioned asset is a type error", () => {
    // @ts-expect-error "none" is not assignable to "daily"
    last(7, settings)
    // @ts-expect-error "none" is not assignable to "daily"
    window(settings, -7, -1)
    // @ts-expect-error "none" is not assignable to "daily"
    latest(settings)
    // @ts-expect-error "none" is not assignable to "daily"
    upTo(settings)
    // @ts-expect-error static keys have no order in time
    last(7, prices)
    // @ts-expect-error static keys have no order in time
    latest(prices)
    expectTypeOf(all(settings)).toEqualTypeOf<Read<typeof settings>>()
    expectTypeOf(all(prices)).toEqualTypeOf<Read<typeof prices>>()
    expectTypeOf(latest(clicks)).toEqualTypeOf<Read<typeof clicks>>()
  })

  test("a query interpolates only assets, reads, fragments and plain values", () => {
    const misuses = () => [
      // @ts-expect-error an object that is not an asset
      sql`select * from ${{ name: "engagements" }}`,
      // @ts-expect-error a column
      sql`select * from ${int64()}`,
      // @ts-expect-error a list of names
      sql`select * from ${["engagements"]}`,
      // @ts-expect-error a function
      sql`select * from ${() => engagements}`,
      // @ts-expect-error a Date: write its text
      sql`select ${new Date(0)}`,
    ]
    expectTypeOf(misuses).returns.items.toHaveProperty("parts")
  })

  test("a check may only name columns of the asset", () => {
    sqlAsset({
      ...counted,
      query: sql`select 1 as count`,
      // @ts-expect-error the asset has no column m
      checks: [unique("m")],
    })
    sqlAsset({
      ...counted,
      query: sql`select 1 as count`,
      // @ts-expect-error the asset has no column m
      checks: [notNull("count", "m")],
    })
    sqlAsset({
      ...counted,
      query: sql`select 1 as count`,
      // @ts-expect-error the asset has no column m
      checks: [oneOf("m", ["x"])],
    })
    const fine = sqlAsset({
      ...counted,
      query: sql`select 1 as count`,
      checks: [unique("count"), noRows("none", { description: "None.", query: sql`select 1` })],
    })
    expectTypeOf(fine.name).toEqualTypeOf<"counted">()
  })
})

describe("sqlAssets", () => {
  const parsed = sqlAssets({
    name: "parsed_activity",
    group: "stocktwits",
    partitions: everyDay,
    tags: ["raw"],
    shared: sql`select * from ${activity}`,
    outputs: {
      likes: {
        description: "Likes.",
        columns: { user_id: int32() },
        query: sql`select user_id from ${sharedRows}`,
      },
      words: {
        description: "Words.",
        columns: { word: nullable(text()) },
        query: sql`select word from ${sharedRows}, ${settings}`,
      },
    },
  })

  test("each output is an asset with its own columns, all of one computation", () => {
    expectTypeOf(parsed.likes).toEqualTypeOf<Asset<"likes", { user_id: Column<number> }, Daily>>()
    expectTypeOf(parsed.words.columns).toEqualTypeOf<{ word: Column<string | null> }>()
    expect(parsed.likes.computation).toBe(parsed.words.computation)
    expect(parsed.likes.computation.outputs.map(({ asset }) => asset)).toEqual(["likes", "words"])
    expect([parsed.likes.name, parsed.words.tags]).toEqual(["likes", ["raw"]])
  })

  test("the computation reads what the shared query and the outputs' queries read", () => {
    expect(parsed.words.computation.reads.map((read) => read.asset?.name)).toEqual([
      "activity",
      "settings",
    ])
  })

  test("unpartitioned outputs may not read a partitioned asset without a window", () => {
    sqlAssets({
      name: "x",
      group: "g",
      // @ts-expect-error an unpartitioned asset reads a partitioned one: use all(…) or latest(…)
      shared: sql`select * from ${activity}`,
      outputs: {},
    })
    // @ts-expect-error there is no such output
    expect(parsed.dislikes).toBeUndefined()
  })
})

describe("codeAsset", () => {
  const code = { ...about, name: "palettes", version: "1", partitions: everyDay } as const

  test("the types of compute are the rows of its upstream and of the asset", () => {
    const palettes = codeAsset({
      ...code,
      columns: { user_id: int64(), colours: list(text()) },
      upstream: { week: last(7, engagements), activity, settings },
      async *compute(upstream) {
        expectTypeOf(upstream.week).toEqualTypeOf<
          Rows<{ readonly user_id: bigint; readonly other_id: bigint }>
        >()
        expectTypeOf(upstream.activity).toEqualTypeOf<
          Rows<{ readonly user_id: number; readonly word: string | null }>
        >()
        for await (const { user_id } of upstream.week) yield { user_id, colours: ["#ffffff"] }
      },
    })
    expectTypeOf(palettes).toEqualTypeOf<
      Asset<"palettes", { user_id: Column<bigint>; colours: Column<readonly string[]> }, Daily>
    >()
    expect(palettes.computation.reads.map((read) => read.window.kind)).toEqual([
      "offsets",
      "same",
      "same",
    ])
  })

  test("a row with a value of the wrong type is a type error", () => {
    codeAsset({
      ...code,
      // @ts-expect-error user_id is bigint and compute yields number
      columns: { user_id: int64() },
      upstream: { engagements },
      async *compute() {
        yield { user_id: 1 }
      },
    })
    expectTypeOf(int64()).toEqualTypeOf<Column<bigint>>()
  })

  test("a row without a column is a type error", () => {
    codeAsset({
      ...code,
      // @ts-expect-error weight is not in the rows that compute yields
      columns: { user_id: int64(), weight: int32() },
      upstream: { engagements },
      async *compute() {
        yield { user_id: 1n }
      },
    })
    expectTypeOf(int32()).toEqualTypeOf<Column<number>>()
  })

  test("reading a column that the upstream does not have is a type error", () => {
    codeAsset({
      ...code,
      columns: { user_id: int64() },
      upstream: { engagements },
      async *compute({ engagements: rows }) {
        // @ts-expect-error engagements has no column weight
        for await (const { user_id, weight } of rows) yield { user_id, weight }
      },
    })
    codeAsset({
      ...code,
      columns: { user_id: int64() },
      upstream: { engagements },
      // @ts-expect-error nothing is read under the name follows
      async *compute({ follows }) {
        yield { user_id: follows }
      },
    })
    expectTypeOf(engagements.columns.user_id).toEqualTypeOf<Column<bigint>>()
  })

  test("compute may read and yield batches of columns", () => {
    const batched = codeAsset({
      ...code,
      columns: { user_id: int32() },
      upstream: { activity },
      async *compute(upstream) {
        for await (const { columns } of upstream.activity.batches()) {
          expectTypeOf(columns.word.get(0)).toEqualTypeOf<string | null>()
          yield { kind: "batch", columns: { user_id: [...columns.user_id] } }
        }
      },
    })
    expect(batched.computation.kind).toBe("code")
  })

  test("an unpartitioned code asset may not read a partitioned upstream without a window", () => {
    const declared = {
      ...about,
      name: "palettes",
      version: "1",
      columns: { user_id: int64() },
      async *compute() {
        yield { user_id: 1n }
      },
    } as const
    codeAsset({
      ...declared,
      // @ts-expect-error an unpartitioned asset reads a partitioned one: use all(…) or latest(…)
      upstream: { engagements, settings },
    })
    const fine = codeAsset({ ...declared, upstream: { newest: latest(engagements), settings } })
    expectTypeOf(fine.partitions).toEqualTypeOf<Unpartitioned>()
  })

  test("a code asset may read its previous partition", () => {
    const accumulated = codeAsset({
      ...code,
      columns: { user_id: int64() },
      upstream: { past: previous(), engagements },
      async *compute() {
        yield { user_id: 1n }
      },
    })
    expect(accumulated.computation.reads[0]).toMatchObject({ window: { kind: "previous" } })
  })
})
