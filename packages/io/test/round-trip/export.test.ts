import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"

import { type Columns, nullable, text } from "@freshet/core"
import { tableFromIPC } from "apache-arrow"
import { afterAll, beforeAll, expect, test } from "vitest"

import { exportRows } from "../../src/duckdb/export-rows.ts"
import { type LandingFixture, openLandingFixture } from "../input/landing-fixture.ts"
import { createJsonLine, createRandom } from "../input/random-file.ts"
import { allColumns, createSource, scalars } from "../input/random-sources.ts"
import { toJsonToken } from "./arrow-values.ts"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

const seed = Number(process.env["FRESHET_TEST_SEED"] ?? Date.now() % 1_000_000_000)
const lineCount = 3000

/** Exports rows in every format, lands each export again, and expects the same data version. */
async function expectRoundTrip(columns: Columns, seedOfLines: number): Promise<void> {
  const random = createRandom(seedOfLines)
  const source = createSource("exported", columns, { kind: "json_lines" })
  const lines = Array.from({ length: lineCount }, () => createJsonLine(random, source))
  const path = join(landing.folder, "rows.parquet")
  const stored = await landing.store(source, { "rows.jsonl": lines.join("\n") }, path)
  expect(stored.content.rows).toBeGreaterThan(100)
  const exportAs = async (format: "arrow" | "csv" | "jsonl") => {
    const output = join(landing.folder, `rows.${format}`)
    await exportRows(landing.session, { paths: [path], columns, format, output })
    return await readFile(output)
  }
  const csvSource = createSource("exported", columns, { kind: "csv", blankLines: "null" })
  const arrow = await exportAs("arrow")
  const exports = [
    [source, "again.jsonl", await exportAs("jsonl")],
    [csvSource, "again.csv", await exportAs("csv")],
    [source, "arrow.jsonl", Buffer.from(toJsonLines(columns, arrow))],
  ] as const
  for (const [target, name, content] of exports) {
    const copy = join(landing.folder, "copy.parquet")
    const { content: landed, quarantined } = await landing.store(target, { [name]: content }, copy)
    expect({ name, quarantined }).toEqual({ name, quarantined: [] })
    expect({ name, version: landed.dataVersion }).toEqual({
      name,
      version: stored.content.dataVersion,
    })
    await rm(copy)
  }
}

function toJsonLines(columns: Columns, file: Buffer): string {
  const table = tableFromIPC(file)
  const lines: string[] = []
  for (const { data } of table.batches)
    for (let row = 0; row < data.length; row += 1) {
      const members = Object.entries(columns).map(
        ([name, column], at) =>
          `${JSON.stringify(name)}:${toJsonToken(column, data.children[at]!, row)}`,
      )
      lines.push(`{${members.join(",")}}\n`)
    }
  return lines.join("")
}

test.each<[name: string, columns: Columns]>([
  ["every type", allColumns],
  ["types without elements", scalars],
  ["one text", { note: nullable(text()) }],
  ["two texts", { note: nullable(text()), more: text() }],
])(
  `an export of %s has the same data version when it lands again (seed ${seed})`,
  async (_, columns) => {
    await expectRoundTrip(columns, seed)
  },
)
