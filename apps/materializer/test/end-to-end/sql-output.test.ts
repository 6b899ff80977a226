import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { withMaterializedShop } from "./shop.ts"

const manyRows = "select range as n from range(25000)"

test("piped CSV and JSON of sql have all rows, tables and --limit have as many as asked for", () =>
  withMaterializedShop(async (project) => {
    const count = async (...words: readonly string[]) => {
      const { stdout, stderr } = await runFreshet(project, "sql", manyRows, ...words)
      return { lines: stdout.trimEnd().split("\n").length, stderr }
    }
    expect(await count("--csv")).toEqual({ lines: 25_001, stderr: "" })
    const { stdout } = await runFreshet(project, "sql", manyRows, "--json")
    const document = JSON.parse(stdout) as { readonly rows: readonly object[]; more: boolean }
    expect({ rows: document.rows.length, more: document.more }).toEqual({
      rows: 25_000,
      more: false,
    })
    const limitNote = "The first 100 rows; --limit shows more.\n"
    expect(await count()).toEqual({ lines: 101, stderr: limitNote })
    expect(await count("--limit", "all")).toEqual({ lines: 25_001, stderr: "" })
    expect((await count("--csv", "--limit", "7")).lines).toBe(8)
    const series = "select * from generate_series(1, 300) as n"
    const published = await runFreshet(project, "sql", "--published", series, "--csv")
    expect(published.stdout.trimEnd().split("\n")).toHaveLength(301)
    const wrong = await runFreshet(project, "sql", manyRows, "--limit", "0")
    expect(wrong.stderr).toContain('"0" is neither a whole number from 1 nor all')
  }))

test("a plain name of an asset says once which partition it is", () =>
  withMaterializedShop(async (project) => {
    const query = `select count(*) as n from items, items as again, "items@2026-01-01"`
    const { stdout, stderr } = await runFreshet(project, "sql", query, "--csv")
    expect(stdout).toBe(`n\n${6 * 6 * 3}\n`)
    expect(stderr).toBe("items is items@2026-01-04, the newest partition.\n")
    const keyed = await runFreshet(project, "sql", `select 1 from "items@all"`, "--csv")
    expect(keyed.stderr).toBe("")
    const { stdout: text } = await runFreshet(project, "sql", query, "--json")
    expect(JSON.parse(text)).toMatchObject({
      newest_partitions: [{ asset: "items", partition: "2026-01-04" }],
    })
  }))

test("times in rows are as in RFC 3339, in nested values too", () =>
  withMaterializedShop(async (project) => {
    const query = `select timestamptz '2026-01-05 08:00:00.5+02' as at, timestamp '2026-01-05 06:00:00' as local,
      [timestamptz '2026-01-05 06:00:00Z'] as times`
    const row = {
      at: "2026-01-05T06:00:00.5Z",
      local: "2026-01-05T06:00:00",
      times: ["2026-01-05T06:00:00Z"],
    }
    const assets = await runFreshet(project, "sql", query, "--json")
    expectDone(assets)
    expect(JSON.parse(assets.stdout)).toMatchObject({ rows: [row] })
    const publishedQuery = query.replace("[", "array[")
    const published = await runFreshet(project, "sql", "--published", publishedQuery, "--json")
    expect(JSON.parse(published.stdout)).toMatchObject({ rows: [row] })
  }))
