import { expect, test } from "vitest"

import { formatPartition, renderSql } from "../../src/engine.ts"
import {
  dueBy,
  int32,
  noRows,
  notNull,
  oneOf,
  refersTo,
  rowCount,
  sql,
  sqlAsset,
  unique,
} from "../../src/index.ts"
import { day, everyDay } from "../declarations.ts"

test("the name of a check contains its rule and columns", () => {
  expect(unique("user_id", "rec_id").name).toBe("unique(user_id, rec_id)")
  expect(notNull("user_id").name).toBe("not_null(user_id)")
  expect(oneOf("experience", ["Novice"]).name).toBe("one_of(experience)")
  expect(rowCount({ min: 1 }).name).toBe("row_count")
})

test("the severity of a check is error by default", () => {
  const query = sql`select 1`
  expect(unique("a").severity).toBe("error")
  expect(noRows("n", { description: "", query }).severity).toBe("error")
  expect(noRows("n", { description: "", query, severity: "warn" }).severity).toBe("warn")
  expect(oneOf("a", [], { severity: "warn" }).severity).toBe("warn")
})

test("the bounds of a row count are optional", () => {
  expect(rowCount({ max: 5 }).rule).toEqual({ kind: "row_count", min: 0, max: 5 })
  expect(rowCount({ min: 1 }).rule).toEqual({ kind: "row_count", min: 1, max: undefined })
  expect(rowCount({ min: 1 }).description).toBe("at least 1 row")
  expect(rowCount({ min: 1, max: 5 }).description).toBe("1 to 5 rows")
})

test("one_of finds unknown values and quotes the known ones", () => {
  const { rule } = oneOf("of", ["it's", "b"])
  if (rule.kind !== "no_rows") throw new Error("one_of is a query")
  expect(renderSql(rule.query, formatPartition(everyDay, day(1))).replaceAll(/\s+/g, " ")).toBe(
    `select "of", count(*) as rows from "itself" where "of" not in ('it''s', 'b') group by "of"`,
  )
})

test.each(["7:00", "24:00", "07:60", "07:00:00", ""])("dueBy throws for the time %j", (time) => {
  expect(() => dueBy(time, "UTC")).toThrow(RangeError)
})

test("dueBy returns the time and zone, and throws for an unknown zone", () => {
  expect(dueBy("07:00", "Europe/London")).toEqual({
    kind: "due_by",
    time: "07:00",
    zone: "Europe/London",
  })
})

test("refers_to finds values that the other asset does not have, except null", () => {
  const films = sqlAsset({
    name: "films",
    group: "g",
    description: "",
    columns: { film_id: int32() },
    query: sql`select 1 as film_id`,
  })
  const check = refersTo("seen_id", films, { key: "film_id", severity: "warn" })
  expect(check).toMatchObject({ name: "refers_to(seen_id, films)", severity: "warn" })
  expect(refersTo("film_id", films).severity).toBe("error")
  if (check.rule.kind !== "no_rows") throw new Error("refers_to is a query")
  expect(
    renderSql(check.rule.query, formatPartition(everyDay, day(1))).replaceAll(/\s+/g, " "),
  ).toBe(
    `select own."seen_id", count(*) as rows from "itself" as own where own."seen_id" is not null and not exists (select 1 from "films" as known where known."film_id" = own."seen_id") group by own."seen_id"`,
  )
})
