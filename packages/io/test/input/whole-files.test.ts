import { gzipSync } from "node:zlib"

import { int32, nullable, sourceAsset, text, unpartitioned } from "@freshet/core"
import type { CsvFormat } from "@freshet/core/engine"
import { afterAll, beforeAll, expect, test } from "vitest"

import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

const createSource = (format: Omit<CsvFormat, "kind"> = {}) =>
  sourceAsset({
    name: "words",
    group: "test",
    description: "Words.",
    partitions: unpartitioned,
    path: "words.csv",
    format: { kind: "csv", ...format },
    tolerance: 1,
    columns: { word: nullable(text()) },
  })

const parsers = ["fast", "strict"] as const

test.each(["word,other\rone,1\rtwo,2\r", "word\rone\rtwo", "other,word\r1,one\r\n"])(
  "a file whose lines end with carriage returns alone is an error: %j",
  async (content) => {
    for (const parser of parsers)
      await expect(
        landing.read(createSource(), { "words.csv": content }, parser),
      ).rejects.toMatchObject({
        code: "input",
        message:
          "words.csv ends its lines with carriage returns alone: end them with \\n or \\r\\n",
      })
  },
)

test("a record with a carriage return outside quotes is malformed", async () => {
  const content = 'word,other\none,1\rtwo,2\n"th\rree",3\nfour\r,4\n'
  for (const parser of parsers) {
    const { rows, quarantined } = await landing.read(createSource(), { "w.csv": content }, parser)
    expect(rows).toEqual([{ word: "th\rree" }])
    expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "malformed_csv"],
      [4, "malformed_csv"],
    ])
  }
})

test("a blank line is no row of a file of one column, unless its source declares it null", async () => {
  const content = 'word\n\n"two\nlines"\n\nthree\n""\n'
  const declarations = [
    [createSource(), ["", "three", "two\nlines"]],
    [createSource({ blankLines: "ignore" }), ["", "three", "two\nlines"]],
    [createSource({ blankLines: "null" }), ["", "three", "two\nlines", null, null]],
  ] as const
  for (const parser of parsers)
    for (const [source, words] of declarations) {
      const { rows, count } = await landing.read(source, { "w.csv": content }, parser)
      expect(rows.map(({ word }) => word)).toEqual(words)
      expect(count.lines).toBe(words.length)
    }
})

test("members of a gzip file count although zeros separate them", async () => {
  const [first, second] = [gzipSync("word\none\n"), gzipSync("two\n")]
  for (const zeros of [0, 1, 512, 100_000]) {
    const padding = Buffer.alloc(zeros)
    const content = Buffer.concat([first, padding, second, second, padding])
    const { rows } = await landing.read(createSource(), { "words.csv.gz": content })
    expect(rows.map(({ word }) => word)).toEqual(["one", "two", "two"])
  }
})

test("bytes after the members of a gzip file that are no member are an error", async () => {
  const member = gzipSync("word\none\n")
  for (const tail of ["garbage", "\0\0garbage"])
    await expect(
      landing.read(createSource(), { "w.csv.gz": Buffer.concat([member, Buffer.from(tail)]) }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^the landed file w\.csv\.gz cannot be unpacked/),
    })
})

test("lines that open a quote and never close it are read once, and each is quarantined", async () => {
  const source = { ...createSource(), columns: { id: int32(), word: text() } }
  const lines = 20_000
  const content = `id,word\n${'2","b\n'.repeat(lines)}3,c\n`
  const { rows, count } = await landing.read(source, { "w.csv": content })
  expect(rows).toEqual([{ id: 3, word: "c" }])
  expect(count).toMatchObject({ lines: lines + 1, quarantined: lines })
})

test("a quoted value does not continue over a line that is quarantined", async () => {
  const content = Buffer.from('word,other\n"a,1\n"b,2\n\xff\nc",3\nd,4\n', "latin1")
  for (const parser of parsers) {
    const { rows, quarantined } = await landing.read(createSource(), { "w.csv": content }, parser)
    expect(rows.map(({ word }) => word)).toEqual(['c"', "d"])
    expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "malformed_csv"],
      [3, "malformed_csv"],
      [4, "invalid_utf8"],
    ])
  }
})
