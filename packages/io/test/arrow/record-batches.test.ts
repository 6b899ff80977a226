import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { bool, date, decimal, int32, list, nullable, struct, text, timestamp } from "@freshet/core"
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
    await exportRows(session, { paths: [path], columns, format: "arrow", output })
    const paths = [path, path]
    await exportRows(session, { paths, columns, format: "arrow-stream", output: `${output}s` })
  })
  const stream = await readFile(`${output}s`)
  expect(stream.readUInt32LE(0)).toBe(0xff_ff_ff_ff)
  expect(tableFromIPC(stream).numRows).toBe(2 * rows)
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

test("nested values keep microseconds, far years and every digit", async () => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-arrow-"))
  const [path, output] = [join(folder, "rows.parquet"), join(folder, "rows.arrow")]
  const options = { memoryLimitMb: 512, threads: 2, connections: 1, spillFolder: folder }
  const nested = {
    times: nullable(list(nullable(timestamp()))),
    grid: list(list(timestamp())),
    place: nullable(
      struct({ at: timestamp(), day: nullable(date()), price: decimal(38, 10), name: text() }),
    ),
    flags: list(nullable(bool())),
    names: nullable(list(text())),
  }
  await withSession(options, async (session) => {
    await session.withConnection((connection) =>
      connection.run(`COPY (
        SELECT ['0001-01-01T00:00:00.000001Z'::TIMESTAMPTZ, NULL, '9999-12-31T23:59:59.999999Z'] AS times,
          [['2026-01-05T06:00:00.123457Z'::TIMESTAMPTZ], []] AS grid,
          {'at': '9999-12-31T23:59:59.999999Z'::TIMESTAMPTZ, day: '0001-01-01'::DATE,
            price: 1234567890123456789012345678.0123456789::DECIMAL(38,10), name: 'é'} AS place,
          [true, NULL, false] AS flags, ['', 'a', '\u{1f600}'] AS names
        UNION ALL SELECT NULL, [], NULL, [], NULL
      ) TO '${path}' (FORMAT parquet)`),
    )
    await exportRows(session, { paths: [path], columns: nested, format: "arrow", output })
  })
  const table = tableFromIPC(await readFile(output))
  const getData = (...names: readonly (string | number)[]) =>
    names.slice(1).reduce(
      (data, part) => {
        const at =
          typeof part === "number" ? part : Object.keys(nested.place.members ?? {}).indexOf(part)
        return data.children[at]!
      },
      table.getChild(String(names[0]))!.data[0]!,
    )
  const toMicros = (text: string) => BigInt(Date.parse(text)) * 1000n
  const last = toMicros("9999-12-31T23:59:59Z") + 999_999n
  expect([...getData("times", 0).values].slice(0, 3)).toEqual([
    toMicros("0001-01-01T00:00:00Z") + 1n,
    0n,
    last,
  ])
  expect([...getData("times").valueOffsets].slice(0, 3)).toEqual([0, 3, 3])
  expect([getData("times").nullCount, getData("times", 0).nullCount]).toEqual([1, 1])
  expect([...getData("grid", 0, 0).values].slice(0, 1)).toEqual([
    toMicros("2026-01-05T06:00:00Z") + 123_457n,
  ])
  expect([...getData("grid", 0).valueOffsets].slice(0, 3)).toEqual([0, 1, 1])
  expect(getData("place", "at").values[0]).toBe(last)
  expect(getData("place", "day").values[0]).toBe(Date.parse("0001-01-01") / 86_400_000)
  expect(getData("place").nullCount).toBe(1)
  const words = [...(getData("place", "price").values as Uint32Array)].slice(0, 4).toReversed()
  expect(words.reduce((value, word) => (value << 32n) | BigInt(word), 0n)).toBe(
    12345678901234567890123456780123456789n,
  )
  expect(table.get(0)?.["place"].toJSON()).toMatchObject({ name: "é" })
  expect([...(table.get(0)?.["flags"] ?? [])]).toEqual([true, null, false])
  expect([...(table.get(0)?.["names"] ?? [])]).toEqual(["", "a", "\u{1f600}"])
  expect(table.get(1)?.toJSON()).toMatchObject({ times: null, place: null, names: null })
  await rm(folder, { recursive: true })
})
