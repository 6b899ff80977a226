import { writeFile } from "node:fs/promises"
import { join } from "node:path"

import {
  decimal,
  int32,
  int64,
  nullable,
  sourceAsset,
  sql,
  text,
  unpartitioned,
} from "@freshet/core"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"

import { buildFastCsvMachine } from "../../src/input/fast-csv-machine.ts"
import { scanCsvLines } from "../../src/input/fast-csv-scan.ts"
import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"

const scores = sourceAsset({
  name: "scores",
  group: "test",
  description: "What was given.",
  partitions: unpartitioned,
  path: "scores.csv",
  format: { kind: "csv" },
  tolerance: 1,
  columns: {
    id: int32(),
    score: nullable(decimal(3, 1)),
    note: nullable(text()),
    at: nullable(int64()),
  },
  reject: [{ reason: "odd_id", when: sql`id = 13` }],
})
const header = "id,extra,score,note,at"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

async function readWithBothParsers(lines: readonly string[], end = "\n") {
  const file = { "scores.csv": [header, ...lines].map((line) => line + end).join("") }
  const read = async (parser: "fast" | "strict") => {
    const { rows, quarantined, count } = await landing.read(scores, file, parser)
    return { rows, quarantined, count: { ...count, file: undefined } }
  }
  return [await read("fast"), await read("strict")] as const
}

test("the strict parser reads lines that are not plain, among plain ones", async () => {
  const [quick, exact] = await readWithBothParsers([
    "1,x,2.5,good,100",
    "2,x,2.55,too fine,100",
    "3,x,.5,no whole digits,100",
    "4,x,,,",
    "5,x,1e1,a power,1",
    ",x,1,no id,1",
    "13,x,1,refused,1",
    "+6,x,1,sign,1",
    "7,x,1,short",
    "8,x,2.50,a zero more,007",
    "9.5,x,1,a fraction,1",
  ])
  expect(quick).toEqual(exact)
  expect(quick.rows.map((row) => row["id"])).toEqual([1, 4, 5, 8])
  expect(quick.quarantined.map(({ line, reason }) => [line, reason])).toEqual([
    [3, "wrong_type"],
    [4, "wrong_type"],
    [7, "missing_field"],
    [8, "odd_id"],
    [9, "wrong_type"],
    [10, "wrong_width"],
    [12, "wrong_type"],
  ])
})

test("a value too many is one too many, though it is empty, in a file with quotes as without", async () => {
  for (const first of ["1", '"1"'])
    for (const end of ["\n", "\r\n"]) {
      const [quick, exact] = await readWithBothParsers(
        [`${first},x,2.5,good,100,`, "2,x,,,", "3,x,,,,"],
        end,
      )
      expect(quick).toEqual(exact)
      expect(quick.rows.map((row) => row["id"])).toEqual([2])
      expect(quick.quarantined.map(({ reason }) => reason)).toEqual(["wrong_width", "wrong_width"])
    }
})

test("the fast path and the strict parser accept the same of any lines", async () => {
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("1", "2", "13", "0.5", "2.5", "-1", "") },
    fc.constantFrom(
      "007",
      "1.",
      ".5",
      "1e2",
      " 1",
      "1 ",
      "-",
      "2.50",
      "2.55",
      "99999999999",
      "100",
    ),
    fc.constantFrom(
      "n/a",
      '"1"',
      '"a,b"',
      "é",
      "1_0",
      "+1",
      "\u0000",
      "0x1",
      "true",
      "null",
      "NULL",
    ),
  )
  const line = fc.oneof(
    { weight: 12, arbitrary: fc.array(value, { minLength: 5, maxLength: 5 }) },
    fc.array(value, { maxLength: 7 }),
  )
  const property = fc.asyncProperty(
    fc.array(line, { maxLength: 12 }),
    fc.constantFrom("\n", "\r\n"),
    async (lines, end) => {
      const [quick, exact] = await readWithBothParsers(
        lines.map((values) => values.join(",")),
        end,
      )
      expect(quick).toEqual(exact)
    },
  )
  await fc.assert(property, { numRuns: 150 })
})

test("the typed fast path rejects a file with quotes or NUL bytes, and finds strict and blank lines", async () => {
  const positions = new Map([
    ["id", 0],
    ["score", 2],
    ["note", 3],
    ["at", 4],
  ])
  const machine = buildFastCsvMachine(scores, positions, 5)
  const scan = async (content: string) => {
    const path = join(landing.folder, "scan.csv")
    await writeFile(path, content)
    return machine && (await scanCsvLines(path, machine, { delimiter: ",", headerRecords: 1 }))
  }
  const plain = `${header}\n1,x,2.5,good,100\n`
  expect(await scan(plain)).toMatchObject({ lines: 2, gaps: [] })
  expect(await scan(plain.replaceAll("\n", "\r\n"))).toMatchObject({ lines: 2, gaps: [] })
  expect(await scan(`${plain}2,"x",1,,\n`)).toBeUndefined()
  expect(await scan(`${plain}2,x\0,1,,\n`)).toBeUndefined()
  const gappyScan = await scan(`${plain} \r\n2,x,2.55,,\n3,x,1,,`)
  expect(gappyScan?.gaps).toEqual([
    { offset: plain.length, length: 3, ordinal: undefined },
    { offset: plain.length + 3, length: 11, ordinal: 1 },
  ])
  expect(gappyScan?.lines).toBe(4)
})
