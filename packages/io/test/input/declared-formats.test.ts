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
]

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
        const lines = [toLine(["user_id", "score", "note", "at"]), ...records.map(toLine)]
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
