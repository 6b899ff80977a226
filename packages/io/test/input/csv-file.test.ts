import { decimal, int32, nullable } from "@freshet/core"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"

import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"
import { people } from "./sources.ts"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

const read = (text: string | Buffer, parser: "fast" | "strict" = "fast") =>
  landing.read(people, { "people.csv": text }, parser)

test("columns are read by name in any order, and other columns are ignored", async () => {
  const { rows } = await read("note,extra,joined,id,name\nhi,x,2026-01-05,1,Ann\n,x,,2,\n")
  expect(rows).toEqual([
    { id: 1, name: "Ann", note: "hi", joined: "2026-01-05" },
    { id: 2, name: "", note: null, joined: null },
  ])
})

test("quoted line breaks and doubled quotes are part of the value", async () => {
  const { rows, count } = await read('id,name,note,joined\n1,"a ""b"", c","x\n\ny",\n2,b,,\n')
  expect(rows).toEqual([
    { id: 1, name: 'a "b", c', note: "x\n\ny", joined: null },
    { id: 2, name: "b", note: null, joined: null },
  ])
  expect(count.lines).toBe(2)
})

test.each([
  "",
  "id,name,note,joined",
  "id,name,note,joined\n",
  "\ufeffid,name,note,joined\r\n\r\n",
])("a file with nothing but a header or less has no rows: %j", async (text) => {
  expect((await read(text)).count).toMatchObject({ lines: 0, rows: 0, quarantined: 0 })
})

test("the message of a missing column contains the existing columns", async () => {
  await expect(read("id,nmae,note\n1,a,b\n")).rejects.toMatchObject({
    code: "input",
    message: "people.csv has no column name, joined; its header says: id, nmae, note",
  })
})

test("malformed records are quarantined with their line and reason", async () => {
  const lines = [
    "id,name,note,joined",
    "1,a",
    "x,b,,",
    "3,c,,2026-02-30",
    ",d,,",
    '4,"e"f,,',
    "99999999999,g,,",
    "7,ok,,",
    '8,"open,,',
    "9,h,,",
  ]
  const { rows, quarantined, count } = await read(
    Buffer.concat([
      Buffer.from(`${lines.join("\n")}\n10,`),
      Buffer.from([0xff, 0x41]),
      Buffer.from(",,\n"),
    ]),
  )
  expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([
    [2, "wrong_width"],
    [3, "wrong_type"],
    [4, "wrong_type"],
    [5, "missing_field"],
    [6, "malformed_csv"],
    [7, "out_of_range"],
    [9, "malformed_csv"],
    [11, "invalid_utf8"],
  ])
  expect(quarantined.at(-1)?.text).toBe(String.raw`10,\xffA,,`)
  expect(rows.map((row) => row["id"])).toEqual([7, 9])
  expect(count).toMatchObject({ lines: 10, rows: 2, quarantined: 8 })
})

test("the engine's reader and the strict parser accept the same records", async () => {
  const value = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        "1",
        "2",
        "a",
        "",
        "2026-01-05",
        "-7",
        "007",
        "+1",
        "1.0",
        " 3",
        "caf\u00e9",
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom('"a,b"', '""', '"x ""y"" z"', '"1"', '"two\nlines"', '"cr\r\nlf"'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'a"b',
        '"a"b',
        '"',
        '""a',
        ' "a"',
        '  "a"',
        '\t"a"',
        '"a" ',
        "a\rb",
        "\0",
        "\t",
        "\\",
        '"\\"',
      ),
    },
  )
  const width = fc.oneof(
    { weight: 12, arbitrary: fc.constant(4) },
    { weight: 1, arbitrary: fc.constantFrom(1, 3, 5) },
  )
  const record = width
    .chain((n) => fc.array(value, { minLength: n, maxLength: n }))
    .map((values) => values.join(","))
  const end = fc.constantFrom("\n", "\n", "\n", "\r\n")
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 12 }),
      end,
      fc.boolean(),
      async (records, newline, whole) => {
        const text = ["id,name,note,joined", ...records].join(newline) + (whole ? newline : "")
        const [fast, strict] = [await read(text, "fast"), await read(text, "strict")]
        expect({ ...fast, count: { ...fast.count, file: "" } }).toEqual({
          ...strict,
          count: { ...strict.count, file: "" },
        })
      },
    ),
    { numRuns: Number(process.env["RUNS"] ?? 60) },
  )
})

test("a column may have another name in the header, and every place where that is said uses it", async () => {
  const renamed = { ...people, format: { kind: "csv", header: { id: "personId" } } } as const
  const { rows } = await landing.read(renamed, { "p.csv": "personId,name,note,joined\n1,Ann,,\n" })
  expect(rows).toEqual([{ id: 1, name: "Ann", note: null, joined: null }])
  await expect(landing.read(renamed, { "p.csv": "id,name,note,joined\n" })).rejects.toMatchObject({
    message: "p.csv has no column personId; its header says: id, name, note, joined",
  })
})

test("a record that ends early has empty values where the format says so; one too long has not", async () => {
  const padded = { ...people, format: { kind: "csv", shortRecords: "empty" } } as const
  const text = "id,name,note,joined\n1,a\n2,b,x,2026-01-05\n3,c,,,more\n4\n"
  const { rows, quarantined, count } = await landing.read(padded, { "p.csv": text })
  expect(rows).toEqual([
    { id: 1, name: "a", note: null, joined: null },
    { id: 2, name: "b", note: "x", joined: "2026-01-05" },
    { id: 4, name: "", note: null, joined: null },
  ])
  expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([[4, "wrong_width"]])
  expect(count).toMatchObject({ lines: 4, rows: 3, quarantined: 1 })
})

test("a decimal that is no number, or has more digits than the column, is quarantined", async () => {
  const prices = {
    ...people,
    columns: { id: int32(), price: nullable(decimal(3, 1)) },
    duplicate: undefined,
    reject: [],
  }
  const text = "id,price\n1,2.5\n2,five\n3,.\n4,2.55\n5,\n6,100\n7,1e1\n8,-0.50\n"
  for (const parser of ["fast", "strict"] as const) {
    const { rows, quarantined } = await landing.read(prices, { "p.csv": text }, parser)
    expect(rows).toEqual([
      { id: 1, price: "2.5" },
      { id: 5, price: null },
      { id: 7, price: "10.0" },
      { id: 8, price: "-0.5" },
    ])
    expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([
      [3, "wrong_type"],
      [4, "wrong_type"],
      [5, "wrong_type"],
      [7, "out_of_range"],
    ])
  }
})
