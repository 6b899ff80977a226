import { withTestDatabase } from "@freshet/embedded-postgres/testing"
import { Client } from "pg"
import { expect, test } from "vitest"

import { readPublished } from "../../src/publish/read-published.ts"

test("published values have the types and the exact values of the engine's rows", async () => {
  await withTestDatabase(async (url) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      await client.query("set timezone = 'Asia/Kolkata'; set datestyle = 'SQL, DMY'")
      const sql = `select
        timestamptz '2026-01-05 06:00:00.123456+00' as at,
        timestamp '2026-01-05 06:00:00.000001' as local_at,
        array[timestamptz '9999-12-31 23:59:59.999999+00', null] as times,
        date '0001-01-01' as day, array[date '2026-02-28'] as days,
        9007199254740993::bigint as big, array[9007199254740993::bigint] as bigs,
        1234567890123456.78::numeric(18,2) as price,
        array[0.1234567890123456789::numeric, null] as prices,
        0.1::float8 as ratio, 'NaN'::float8 as not_a_number, true as ok, 7::smallint as small,
        e'\\ufeffa' as name, array['a', null, 'b"c'] as names, array[[1,2],[3,4]] as grid,
        '{"a":[1.5,null],"b":"2026"}'::jsonb as document,
        '[1234567890123456.78]'::jsonb as exact, interval '1 day 2 hours' as span, null as nothing`
      const { columns, rows } = await readPublished(client, { sql, limit: 2 })
      expect(rows).toEqual([
        {
          at: "2026-01-05T06:00:00.123456Z",
          local_at: "2026-01-05T06:00:00.000001",
          times: ["9999-12-31T23:59:59.999999Z", null],
          day: "0001-01-01",
          days: ["2026-02-28"],
          big: "9007199254740993",
          bigs: ["9007199254740993"],
          price: "1234567890123456.78",
          prices: ["0.1234567890123456789", null],
          ratio: 0.1,
          not_a_number: "NaN",
          ok: true,
          small: 7,
          name: "\ufeffa",
          names: ["a", null, 'b"c'],
          grid: [
            [1, 2],
            [3, 4],
          ],
          document: { a: [1.5, null], b: "2026" },
          exact: "[1234567890123456.78]",
          span: "1 day 02:00:00",
          nothing: null,
        },
      ])
      expect(columns.map(({ type }) => type)).toEqual([
        "TIMESTAMP WITH TIME ZONE",
        "TIMESTAMP",
        "TIMESTAMP WITH TIME ZONE[]",
        "DATE",
        "DATE[]",
        "BIGINT",
        "BIGINT[]",
        "DECIMAL",
        "DECIMAL[]",
        "DOUBLE",
        "DOUBLE",
        "BOOLEAN",
        "SMALLINT",
        "VARCHAR",
        "VARCHAR[]",
        "INTEGER[]",
        "JSON",
        "JSON",
        "VARCHAR",
        "VARCHAR",
      ])
      await client.query("reset datestyle")
      const { rows: laterRows } = await client.query("select to_timestamp(0) as at")
      expect(laterRows).toEqual([{ at: new Date(0) }])
    } finally {
      await client.end()
    }
  })
})

test("a query that takes longer than its time is cancelled by the server, and the connection stays usable", async () => {
  await withTestDatabase(async (url) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      const query = { sql: "select pg_sleep(3600)", limit: 1, timeoutSeconds: 1 }
      await expect(readPublished(client, query)).rejects.toThrow("statement timeout")
      const { rows } = await client.query("select 1 as one")
      expect(rows).toEqual([{ one: 1 }])
    } finally {
      await client.end()
    }
  })
})
