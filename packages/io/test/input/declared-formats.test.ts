import { decimal, int32, int64, nullable, sourceAsset, text, unpartitioned } from "@freshet/core"
import type { CsvFormat } from "@freshet/core/engine"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"

import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"
import { activity } from "./sources.ts"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

const scores = (format: Omit<CsvFormat, "kind">) =>
  sourceAsset({
    name: "scores",
    group: "test",
    description: "Scores.",
    partitions: unpartitioned,
    path: "scores.csv",
    format: { kind: "csv", ...format },
    tolerance: 1,
    columns: {
      user_id: nullable(int32()),
      score: nullable(decimal(3, 1)),
      note: nullable(text()),
      at: nullable(int64()),
    },
  })

const required = (format: Omit<CsvFormat, "kind">) => {
  const source = scores(format)
  return { ...source, columns: { ...source.columns, user_id: int32(), note: text() } }
}

async function readWithBothParsers(source: ReturnType<typeof scores>, content: string) {
  const read = async (parser: "fast" | "strict") => {
    const { rows, quarantined, count } = await landing.read(
      source,
      { [source.path]: content },
      parser,
    )
    return { rows, quarantined, count: { ...count, file: undefined } }
  }
  return [await read("fast"), await read("strict")] as const
}

test.each<[what: string, format: Omit<CsvFormat, "kind">, lines: readonly string[]]>([
  ["semicolons", { delimiter: ";" }, ["user_id;score;note;at", "1;2.5;a, b;3", ';;"c;""d""";']],
  ["tabs", { delimiter: "\t" }, ["user_id\tscore\tnote\tat", "1\t2.5\ta, b\t3", '\t\t"c;""d"""\t']],
  [
    "bars and single quotes",
    { delimiter: "|", quote: "'" },
    ["user_id|score|note|at", "1|2.5|a, b|3", "||'c;\"d\"'|"],
  ],
  [
    "a null text",
    { null: "NA" },
    ["user_id,score,note,at", '1,2.5,"a, b",3', 'NA,NA,"c;""d""",NA'],
  ],
  [
    "escaped nulls",
    { null: "\\N" },
    ["user_id,score,note,at", '1,2.5,"a, b",3', '\\N,,"c;""d""",\\N'],
  ],
])("CSV with %s is read as declared", async (_what, format, lines) => {
  const [fast, strict] = await readWithBothParsers(scores(format), `${lines.join("\n")}\n`)
  expect(fast).toEqual(strict)
  expect(fast.quarantined).toEqual([])
  expect(fast.rows).toEqual([
    { user_id: 1, score: "2.5", note: "a, b", at: "3" },
    { user_id: null, score: null, note: 'c;"d"', at: null },
  ])
})

test("the null text of a column that must have a value is a missing field, and an empty text is none", async () => {
  const content = 'user_id,score,note,at\n1,NA,,NA\n2,1,NA,1\nNA,1,x,1\n3,1,"NA",1\n'
  const [fast, strict] = await readWithBothParsers(required({ null: "NA" }), content)
  expect(fast).toEqual(strict)
  expect(fast.rows).toEqual([{ user_id: 1, score: null, note: "", at: null }])
  expect(fast.quarantined.map(({ line, reason }) => [line, reason])).toEqual([
    [3, "missing_field"],
    [4, "missing_field"],
    [5, "missing_field"],
  ])
})

const formats: readonly Omit<CsvFormat, "kind">[] = [
  { delimiter: ";" },
  { delimiter: "\t", null: "\\N" },
  { delimiter: "|", quote: "'", null: "NULL" },
  { null: "NA" },
  { null: "-" },
  { null: "0" },
  { delimiter: " " },
  { quote: "`", null: "a" },
  { noHeader: { width: 4, positions: { user_id: 0, score: 1, note: 2, at: 3 } } },
  {
    delimiter: "\t",
    shortRecords: "empty",
    noHeader: { width: 5, positions: { note: 0, score: 1, user_id: 2, at: 4 } },
  },
]

test("CSV without a header line is read by position", async () => {
  const positions = { user_id: 0, at: 1, score: 3, note: 4 }
  const source = scores({ noHeader: { width: 5, positions } })
  const content = '1,3,-,2.5,"a, b"\n\n2,4,x,oops,c\n3,5,y,1.5,d\n4,6,z,1.5\n5,7,z,0.5,\n'
  for (const [start, end] of [
    ["", "\n"],
    ["\ufeff", "\r\n"],
    ["\n", "\n"],
  ] as const) {
    const [fast, strict] = await readWithBothParsers(source, start + content.replaceAll("\n", end))
    expect(fast).toEqual(strict)
    expect(fast.rows).toEqual([
      { user_id: 1, score: "2.5", note: "a, b", at: "3" },
      { user_id: 3, score: "1.5", note: "d", at: "5" },
      { user_id: 5, score: "0.5", note: null, at: "7" },
    ])
    const first = start === "\n" ? 2 : 1
    expect(fast.quarantined.map(({ line, reason }) => [line - first, reason])).toEqual([
      [2, "wrong_type"],
      [4, "wrong_width"],
    ])
    expect(fast.count).toMatchObject({ lines: 5, rows: 3, quarantined: 2 })
  }
})

test("an empty file without a header line has no rows, and short records may be allowed", async () => {
  const positions = { user_id: 0, score: 1, note: 2, at: 3 }
  const source = scores({ noHeader: { width: 5, positions }, shortRecords: "empty" })
  expect((await readWithBothParsers(source, ""))[0].count).toMatchObject({ lines: 0, rows: 0 })
  const [fast, strict] = await readWithBothParsers(source, "1,2.5,a,3\n2,2.5,a,3,x\n3\n")
  expect(fast).toEqual(strict)
  expect(fast.rows.map((row) => [row["user_id"], row["at"]])).toEqual([
    [1, "3"],
    [2, "3"],
    [3, null],
  ])
})

test("the fast and the strict parser read every declared syntax alike", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...formats),
      fc.boolean(),
      fc.array(
        fc.array(
          fc.constantFrom(
            "",
            "0",
            "1",
            "-",
            "-2",
            "2.5",
            "NA",
            "NULL",
            "\\N",
            "x",
            "a b",
            "Q",
            "QxDyQ",
            "QQ",
            "\t",
            "é",
          ),
          { minLength: 3, maxLength: 5 },
        ),
        { maxLength: 12 },
      ),
      fc.constantFrom("\n", "\r\n"),
      async (format, isRequired, records, end) => {
        const { delimiter = ",", quote = '"' } = format
        const toLine = (values: readonly string[]) =>
          values
            .map((value) => value.replaceAll("Q", quote).replaceAll("D", delimiter))
            .join(delimiter)
        const header = format.noHeader === undefined ? [["user_id", "score", "note", "at"]] : []
        const lines = [...header, ...records].map(toLine)
        const source = isRequired ? required(format) : scores(format)
        const [fast, strict] = await readWithBothParsers(
          source,
          lines.map((line) => line + end).join(""),
        )
        expect(fast).toEqual(strict)
      },
    ),
    { numRuns: 150, seed: 11 },
  )
}, 120_000)

const keyed = {
  ...activity,
  format: {
    kind: "json_lines",
    keys: { action: "Action", user_id: "userId", room_id: "room/id", message_id: "userID" },
  },
} as const

const plain = {
  ...keyed,
  format: { ...keyed.format, keys: { ...keyed.format.keys, message_id: "messageId" } },
}

test.each([
  ["keys in camel case", plain, "messageId"],
  ["keys that differ in case alone", keyed, "userID"],
])("JSON lines with %s are read as declared", async (_what, source, messageKey) => {
  const lines = [
    { Action: "message", userId: 1, "room/id": 2, [messageKey]: 3, mention_ids: "x" },
    { Action: "subscribe", userId: 4, "room/id": 5, user_id: 9 },
    { Action: "like", userId: 4 },
    { action: "like", user_id: 4, message_id: 1 },
    { Action: "like", userId: "four", [messageKey]: 1 },
  ]
  const files = { "a.json": lines.map((line) => `${JSON.stringify(line)}\n`).join("") }
  const fast = await landing.read(source, files)
  const strict = await landing.read(source, files, "strict")
  expect({ ...fast, count: 0 }).toEqual({ ...strict, count: 0 })
  expect(fast.rows).toMatchObject([
    { action: "message", user_id: 1, room_id: 2, message_id: "3", mention_ids: "x" },
    { action: "subscribe", user_id: 4, room_id: 5, message_id: null, mention_ids: null },
  ])
  expect(fast.quarantined.map(({ line, reason }) => [line, reason])).toEqual([
    [3, "missing_field"],
    [4, "unknown_action"],
    [5, "wrong_type"],
  ])
})

test("JSON lines with nested values are read by path", async () => {
  const source = sourceAsset({
    name: "posts",
    group: "test",
    description: "Posts.",
    partitions: unpartitioned,
    path: "posts.json",
    tolerance: 1,
    format: {
      kind: "json_lines",
      keys: { parent_id: ["thread", "parent", "id"], link: ["links", 0, "text"] },
    },
    columns: { id: int32(), parent_id: nullable(int32()), link: nullable(text()) },
  })
  const lines = [
    { id: 1, thread: { parent: { id: 7, x: 1 } }, links: [{ text: "a" }, { text: "b" }] },
    { id: 2, thread: { parent: null }, links: [] },
    { id: 3 },
    { id: 4, thread: 5 },
    { id: 5, links: { 0: "a" } },
    { id: 6, thread: { parent: { id: 2 ** 40 } } },
  ]
  const repeated = '{"id":7,"thread":{"parent":{"id":1,"id":2}}}\n'
  const { rows, quarantined } = await landing.read(source, {
    "posts.json": lines.map((line) => `${JSON.stringify(line)}\n`).join("") + repeated,
  })
  expect(rows).toEqual([
    { id: 1, parent_id: 7, link: "a" },
    { id: 2, parent_id: null, link: null },
    { id: 3, parent_id: null, link: null },
  ])
  expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([
    [4, "wrong_type"],
    [5, "wrong_type"],
    [6, "out_of_range"],
    [7, "parent_id: malformed_json"],
  ])
})
