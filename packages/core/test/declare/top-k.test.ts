import { expect, test } from "vitest"

import { formatPartition, listReads, renderSql } from "../../src/engine.ts"
import { daily, int32, last, sql, sqlAsset, topK } from "../../src/index.ts"
import { day, everyDay } from "../declarations.ts"

const weights = sqlAsset({
  name: "weights",
  group: "g",
  description: "",
  partitions: daily({ start: "2026-01-01" }),
  columns: { user_id: int32(), rec_id: int32(), weight: int32() },
  query: sql`select 1`,
})

test("topK packs the greatest weights with their ids, the smaller id first", () => {
  const query = topK({
    from: sql`select * from ${last(7, weights)}`,
    by: "user_id",
    id: "rec_id",
    weight: "weight",
    count: 10,
  })
  expect(listReads(query)).toHaveLength(1)
  expect(renderSql(query, formatPartition(everyDay, day(5)))).toMatchInlineSnapshot(`
    "select "user_id",
          (4294967295 - (packed & 4294967295))::integer as "rec_id",
          (packed >> 32)::integer as "weight"
        from (
          select "user_id", unnest(max(("weight"::bigint << 32) | (4294967295 - "rec_id"::bigint), 10)) as packed
          from (select * from "weights [last 7]") as ranked
          group by "user_id"
        ) as kept"
  `)
})
