import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { decimal, int32, list, nullable, text, timestamp } from "@freshet/core"
import { tableFromIPC } from "apache-arrow"
import { expect, test } from "vitest"

import { exportRows } from "../../src/duckdb/export-rows.ts"
import { withSession } from "../../src/duckdb/session.ts"

const columns = {
  n: int32(),
  half: nullable(decimal(10, 1)),
  name: nullable(text()),
  at: timestamp(),
  path: list(int32()),
}

const rows = 150_000

test("an Arrow file holds the stored rows, in order, in a few large batches", async () => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-arrow-"))
  const path = join(folder, "rows.parquet")
  const output = join(folder, "rows.arrow")
  const options = { memoryLimitMb: 512, threads: 2, connections: 1, spillFolder: folder }
  await withSession(options, async (session) => {
    await session.withConnection((connection) =>
      connection.run(`COPY (
        SELECT range::INTEGER AS n,
          CASE WHEN range % 3 <> 0 THEN (range / 2)::DECIMAL(10,1) END AS half,
          CASE WHEN range % 7 <> 0 THEN 'row ' || range END AS name,
          TIMESTAMPTZ '2026-01-05 00:00:00.5+00' + to_seconds(range) AS at,
          [range::INTEGER, -range::INTEGER] AS path
        FROM range(${rows})
      ) TO '${path}' (FORMAT parquet)`),
    )
    await exportRows(session, { path, columns, format: "arrow", output })
  })
  const table = tableFromIPC(await readFile(output))
  expect(table.numRows).toBe(rows)
  expect(table.batches.length).toBeLessThan(6)
  expect(table.schema.fields.map((field) => String(field))).toMatchInlineSnapshot(`
    [
      "n: Int32",
      "half: Decimal[10e+1]",
      "name: Utf8",
      "at: Timestamp<MICROSECOND, UTC>",
      "path: List<Int32>",
    ]
  `)
  const last = table.get(rows - 1)?.toJSON()
  expect(last).toMatchObject({ n: rows - 1, name: `row ${rows - 1}` })
  expect([...(last?.["path"] ?? [])]).toEqual([rows - 1, 1 - rows])
  expect(table.get(0)?.toJSON()).toMatchObject({ half: null, name: null })
  expect(table.get(0)?.["at"]).toBe(Date.parse("2026-01-05T00:00:00.500Z"))
  await rm(folder, { recursive: true })
})
