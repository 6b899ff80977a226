import { expect, expectTypeOf, test } from "vitest"

import type { ColumnsFitTable, Publish } from "../../src/engine.ts"
import {
  date,
  int32,
  int64,
  nullable,
  publishTo,
  sql,
  sqlAsset,
  sqlAssets,
  text,
} from "../../src/index.ts"

/** The type of a Drizzle table. */
const recs = { $inferInsert: {} } as {
  // exists only for the compiler
  readonly $inferInsert: {
    user_id: number
    rec_id: number
    weight: number
    note?: string | null | undefined
    created_at?: Date | undefined
  }
}

const about = { group: "stocktwits", description: "Something." }
const columns = { user_id: int32(), rec_id: int32(), weight: int32() }
const query = sql`select 1`

test("an asset whose rows fit has its table and set", () => {
  const asset = sqlAsset({
    ...about,
    name: "user_recs",
    columns,
    query,
    publish: publishTo(recs, { set: "recommendations" }),
  })
  expect(asset.publish).toEqual({
    kind: "publish",
    table: recs,
    set: "recommendations",
    keep: { kind: "latest" },
    partitionColumn: undefined,
  })
  expectTypeOf(publishTo(recs, { set: "x" })).toEqualTypeOf<Publish<typeof recs, never>>()
})

test("columns with a default in the table are optional, and optional columns may be null", () => {
  const note = nullable(text())
  const asset = sqlAsset({
    ...about,
    name: "user_recs",
    columns: { ...columns, note },
    query,
    publish: publishTo(recs, { set: "recommendations" }),
  })
  expect(Object.keys(asset.columns)).toEqual(["user_id", "rec_id", "weight", "note"])
  type WithNote = typeof columns & { note: typeof note }
  expectTypeOf<ColumnsFitTable<WithNote, typeof recs>["note"]>().toEqualTypeOf<unknown>()
})

test("a column that the table does not have is a type error with its name", () => {
  sqlAsset({
    ...about,
    name: "user_recs",
    // @ts-expect-error strength is not in the published table
    columns: { ...columns, strength: int32() },
    query,
    publish: publishTo(recs, { set: "recommendations" }),
  })
  type Extra = typeof columns & { strength: typeof columns.weight }
  expectTypeOf<
    ColumnsFitTable<Extra, typeof recs>["strength"]
  >().toEqualTypeOf<"strength is not in the published table">()
})

test("a column of another type is a type error", () => {
  sqlAsset({
    ...about,
    name: "user_recs",
    // @ts-expect-error weight is bigint in the asset and number in the published table
    columns: { ...columns, weight: int64() },
    query,
    publish: publishTo(recs, { set: "recommendations" }),
  })
  type Wide = Omit<typeof columns, "weight"> & { weight: ReturnType<typeof int64> }
  expectTypeOf<
    ColumnsFitTable<Wide, typeof recs>["weight"]
  >().toEqualTypeOf<"weight is bigint in the asset and number in the published table">()
})

test("a nullable column for a required one is a type error", () => {
  sqlAsset({
    ...about,
    name: "user_recs",
    // @ts-expect-error weight is number or null in the asset and number in the published table
    columns: { ...columns, weight: nullable(int32()) },
    query,
    publish: publishTo(recs, { set: "recommendations" }),
  })
  expectTypeOf(nullable(int32()).value).toEqualTypeOf<number | null | undefined>()
})

test("a required column that the asset does not have is a type error", () => {
  const { weight: _, ...fewer } = columns
  sqlAsset({
    ...about,
    name: "user_recs",
    // @ts-expect-error the published table requires this column: weight
    columns: fewer,
    query,
    publish: publishTo(recs, { set: "recommendations" }),
  })
  expectTypeOf<
    ColumnsFitTable<typeof fewer, typeof recs>["weight"]
  >().toEqualTypeOf<"the published table requires this column">()
})

test("an output of several is published like a single asset and must fit its table", () => {
  const output = { description: "Something.", columns, query }
  const made = sqlAssets({
    name: "made",
    group: "stocktwits",
    outputs: { recs: { ...output, publish: publishTo(recs, { set: "s" }) }, others: output },
  })
  expect([made.recs.publish?.table, made.others.publish]).toEqual([recs, undefined])
  const publish = publishTo(recs, { set: "s" })
  sqlAssets({
    name: "made",
    group: "stocktwits",
    // @ts-expect-error strength is not in the published table
    outputs: { recs: { ...output, columns: { ...columns, strength: int32() }, publish } },
  })
})

test("a report of a column that the asset does not have is a type error", () => {
  const report = { title: "The best", period: ["first_day", "last_day"] } as const
  const days = { first_day: date(), last_day: date() }
  const asset = sqlAsset({ ...about, name: "best", columns: days, query, report })
  expect(asset.report).toEqual(report)
  // @ts-expect-error there is no column first_day
  sqlAsset({ ...about, name: "best", columns, query, report })
})
