import { waitUntil } from "@freshet/embedded-postgres/testing"
import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import { listTemporaryFiles } from "./stored-files.ts"

const columns = `{
  id: int32("Number."),
  price: nullable(decimal(18, 2, "Price.")),
  fine: nullable(decimal(38, 10, "Exact price.")),
  ratio: nullable(float64("Ratio.")),
  numbers: nullable(list(int32())),
  names: nullable(list(text())),
  place: nullable(struct({ a: int32(), at: nullable(timestamp()) })),
  day: nullable(date("Day.")),
  at: nullable(timestamp("Time.")),
}`

const declare = (format: string, path: string, declaredColumns = columns) => `
  import { date, decimal, float64, int32, list, nullable, sourceAsset, sql, sqlAsset, struct, text, timestamp, unpartitioned } from "@freshet/core"
  const columns = ${declaredColumns}
  const lines = sourceAsset({
    group: "test", partitions: unpartitioned, name: "lines", description: "Lines.", tolerance: 1,
    columns, format: ${format}, path: ${JSON.stringify(path)},
  })
  const values = sqlAsset({
    group: "test", partitions: unpartitioned, name: "values", description: "Values.",
    columns, query: sql\`select * from \${lines}\`,
  })
  export const assets = [lines, values]`

/** A value as it is in a file, and the value or the reason that the commands show. */
type Case = readonly [column: string, written: string, shown: unknown]

const cases: readonly Case[] = [
  ["price", "1234567890123456.78", "1234567890123456.78"],
  ["fine", "123456789.123456789", "123456789.1234567890"],
  ["fine", "1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789"],
  ["price", "1234567890123456.789", "wrong_type"],
  ["price", "12345678901234567.8", "out_of_range"],
  ["ratio", "1e-400", "out_of_range"],
  ["numbers", "[1,2]", [1, 2]],
  ["numbers", '[1,"x"]', "numbers[2]: wrong_type"],
  ["numbers", "[2147483648]", "numbers[1]: out_of_range"],
  ["numbers", "[1.5]", "numbers[1]: wrong_type"],
  ["names", String.raw`["a","\u0000"]`, "names[2]: nul_byte"],
  ["place", '{"a":1,"at":"2026-01-05T06:00:00.123456Z"}', { a: 1, at: "2026-01-05T06:00:00.123456Z" }],
  ["place", '{"a":"x"}', "place.a: wrong_type"],
  ["place", '{"a":1,"a":2}', "place: malformed_json"],
  ["day", '"0000-12-31"', "out_of_range"],
  ["at", '"0001-01-01T00:00:00+05:30"', "out_of_range"],
  ["at", '"2026-01-05T06:00:00.123456Z"', "2026-01-05T06:00:00.123456Z"],
  ["at", '"2026-01-05T06:00:00.1234567Z"', "wrong_type"],
] // prettier-ignore

const isReason = (shown: unknown) => /: |wrong_type|out_of_range/.test(String(shown))

async function expectCases(project: DeclaredProject): Promise<void> {
  expectDone(await runFreshet(project, "materialize"))
  const query = 'select * from "values" order by id'
  const { rows } = await readFreshetJson<{ rows: Readonly<Record<string, unknown>>[] }>(
    project,
    "sql",
    query,
  )
  const { lines } = await readFreshetJson<{ lines: { reason: string }[] }>(
    project,
    "data",
    "quarantine",
    "lines",
  )
  const values = cases.flatMap(([column, , shown], id) =>
    isReason(shown) ? [] : [[id, column, shown]],
  )
  expect(
    rows.map((row, at) => {
      const [, column] = values[at] ?? []
      return [row["id"], column, row[String(column)]]
    }),
  ).toEqual(values)
  const reasons = cases.flatMap(([, , shown]) => (isReason(shown) ? [shown] : []))
  expect(lines.map(({ reason }) => reason)).toEqual(reasons)
}

test("values of JSON lines keep every digit, or their line is quarantined", async () => {
  await withDeclaredProject(declare(`{ kind: "json_lines" }`, "lines.json"), async (project) => {
    const lines = cases.map(([column, written], id) => `{"id":${id},"${column}":${written}}\n`)
    project.land("lines.json", lines.join(""))
    await expectCases(project)
  })
})

test("values of CSV keep every digit, or their line is quarantined for the same reason", async () => {
  await withDeclaredProject(declare(`{ kind: "csv" }`, "lines.csv"), async (project) => {
    const names = ["id", "price", "fine", "ratio", "numbers", "names", "place", "day", "at"]
    const lines = cases.map(([column, written], id) => {
      const text = written.startsWith('"') ? (JSON.parse(written) as string) : written
      const field = `"${text.replaceAll('"', '""')}"`
      return names.map((name) => (name === "id" ? id : name === column ? field : "")).join(",")
    })
    project.land("lines.csv", [names.join(","), ...lines, ""].join("\n"))
    await expectCases(project)
  })
})

const twoColumns = `{ id: int32("Number."), word: text("Word.") }`

test("a CSV file whose lines end with carriage returns alone is an error", async () => {
  const declarations = declare(`{ kind: "csv" }`, "lines.csv", twoColumns)
  await withDeclaredProject(declarations, async (project) => {
    project.land("lines.csv", "id,word,other\r1,one,x\r2,two,y")
    const { code, stderr } = await runFreshet(project, "materialize")
    expect(code).not.toBe(0)
    expect(stderr).toContain("lines.csv ends its lines with carriage returns alone")
  })
})

test("a run that reads lines with bad quotes stops on a signal", async () => {
  const declarations = declare(`{ kind: "csv" }`, "lines.csv", twoColumns)
  await withDeclaredProject(declarations, async (project) => {
    project.land("lines.csv", `id,word\n${'2","b\n'.repeat(2_000_000)}`)
    const running = startFreshet(project, "materialize")
    await waitUntil(() => listTemporaryFiles(project).length > 0)
    running.kill("SIGINT")
    expect(await running.result).toMatchObject({ code: 130, signal: null })
  })
})
