import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { readBoundPlan } from "../../../src/duckdb/bound-plan.ts"
import { getTextCell } from "../../../src/duckdb/cell.ts"
import { tracePlan } from "../../../src/duckdb/plan-lineage.ts"
import { formatSource, getColumn, parseSource } from "../../../src/duckdb/plan-sources.ts"
import type { Connection } from "../../../src/duckdb/session.ts"
import { type EngineFixture, openEngineFixture } from "../engine-fixture.ts"
import { queries } from "./queries.ts"
import { findWitnesses, type RandomTable } from "./taint-oracle.ts"

const tables: readonly RandomTable[] = [
  {
    name: "a",
    columns: new Map([
      ["id", "BIGINT"],
      ["item", "VARCHAR"],
      ["l", "INTEGER[]"],
    ]),
  },
  {
    name: "b",
    columns: new Map([
      ["id", "BIGINT"],
      ["n", "INTEGER"],
      ["d", "DATE"],
    ]),
  },
  {
    name: "c",
    columns: new Map([
      ["id", "BIGINT"],
      ["parent", "BIGINT"],
    ]),
  },
]

let fixture: EngineFixture
beforeAll(async () => {
  fixture = await openEngineFixture()
})
afterAll(() => fixture.close())

async function createTables(connection: Connection): Promise<void> {
  for (const { name, columns } of tables) {
    const definitions = [...columns].map(([column, type]) => `"${column}" ${type}`)
    await connection.run(`create or replace temp table "${name}" (${definitions.join(", ")})`)
  }
}

async function trace(connection: Connection, sql: string) {
  await createTables(connection)
  const described = await connection.rows(`select column_name from (describe ${sql})`)
  const outputs = described.map((row) => getTextCell(row, "column_name"))
  const traced = tracePlan(await readBoundPlan(connection, `select * from (${sql}\n)`))
  return { outputs, traced }
}

function format(keys: Iterable<string>): readonly string[] {
  return [...keys]
    .map((key) => {
      const { relation, column } = parseSource(key)
      return `${relation}.${column}`
    })
    .toSorted()
}

describe("the lineage of columns", () => {
  test.each(queries)("misses no column whose change changes the result: %s", (sql) =>
    fixture.engine.session.withConnection(async (connection) => {
      const { outputs, traced } = await trace(connection, sql)
      const witnesses = await findWitnesses(connection, { tables, sql, outputs, rounds: 6 })
      const missed = witnesses.filter(({ table, column, output }) => {
        const key = formatSource(table, column)
        return !traced.rows.has(key) && !getColumn(traced, outputs.indexOf(output)).has(key)
      })
      expect(missed).toEqual([])
      expect(witnesses.length).toBeGreaterThan(0)
    }),
  )

  test.each([
    ["select * from a", [["a.id"], ["a.item"], ["a.l"]], []],
    ["select id, upper(item) as i from a where len(l) > 1", [["a.id"], ["a.item"]], ["a.l"]],
    ["select b.id, n from a join b on a.id = b.id", [["b.id"], ["b.n"]], ["a.id", "b.id"]],
    ["select id, sum(n) as s from b group by id", [["b.id"], ["b.n"]], ["b.id"]],
    ["select id, row_number() over (order by n) as r from b", [["b.id"], ["b.n"]], []],
    [
      "select item, (select max(n) from b where b.id = a.id) as m from a order by id",
      [["a.item"], ["b.n"]],
      ["a.id", "b.id"],
    ],
    ["select id from a union all select n from b", [["a.id", "b.n"]], []],
    ["with x as (select id as k, item from a) select k from x", [["a.id"]], []],
  ] as const)("names no other column: %s", (sql, columns, rows) =>
    fixture.engine.session.withConnection(async (connection) => {
      const { outputs, traced } = await trace(connection, sql)
      expect(outputs.map((_, at) => format(getColumn(traced, at).keys()))).toEqual(columns)
      expect(format(traced.rows)).toEqual(rows)
    }),
  )

  test("a column is copied unless an expression changes it", () =>
    fixture.engine.session.withConnection(async (connection) => {
      const sql =
        "select id, id + 1 as next, item::varchar as item, n::bigint as n from a join b using (id)"
      const { outputs, traced } = await trace(connection, sql)
      const kinds = outputs.map((_, at) => [...getColumn(traced, at).values()])
      expect(kinds).toEqual([["copied"], ["computed"], ["copied"], ["computed"]])
    }))
})
