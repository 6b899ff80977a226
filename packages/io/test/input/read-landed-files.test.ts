import { utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

import { afterAll, beforeAll, expect, test } from "vitest"

import { getTextCell } from "../../src/duckdb/cell.ts"
import { withUnpackedFile } from "../../src/input/unpacked-file.ts"
import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"
import { activity, readings } from "./sources.ts"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

const strict = { ...readings, tolerance: 0.25 }
const good = '{"id":1,"name":"a"}\n'

test("a line of 10 MB is a row, whole", async () => {
  const name = "x".repeat(10_000_000)
  const { rows, count } = await landing.read(readings, {
    "a.json": `${good}{"id":2,"name":"${name}"}\n${good}`,
  })
  expect(rows.map((row) => getTextCell(row, "name").length)).toEqual([1, 1, 10_000_000])
  expect(count).toMatchObject({ lines: 3, rows: 3 })
})

test("a line longer than the reader's usual room is a row, or is quarantined with its first 4 KB", async () => {
  const name = "\u00e9".repeat(10_000_000)
  const lines = [`{"id":2,"name":"${name}"}`, `{"id":3,"name":"${name}`]
  for (const parser of ["fast", "strict"] as const) {
    const { rows, quarantined } = await landing.read(
      readings,
      { "a.json": lines.join("\n") },
      parser,
    )
    expect(rows.map((row) => getTextCell(row, "name").length)).toEqual([10_000_000])
    expect(quarantined).toMatchObject([{ line: 2, reason: "malformed_json", bytes: 20_000_016 }])
    expect(Buffer.byteLength(quarantined[0]!.text)).toBeLessThanOrEqual(4096)
  }
})

test.each(["", "\n\n \t\r\n"])("a file without lines has no rows: %j", async (text) => {
  const { rows, count } = await landing.read(readings, { "a.json": text })
  expect([rows, count.lines]).toEqual([[], 0])
})

test("a byte order mark and carriage returns do not count", async () => {
  const { rows, count } = await landing.read(readings, {
    "a.json": `\ufeff${good.replace("\n", "\r\n")}${good}`,
  })
  expect([rows.length, count.quarantined]).toEqual([2, 0])
})

test("packed files are read like plain ones, and part files in the order of their names", async () => {
  const message = (user: number) =>
    `{"action":"message","user_id":${user},"room_id":1,"message_id":5}\n`
  const { rows, quarantined } = await landing.read(activity, {
    "day/b.json": message(2) + message(3),
    "day/a.json.gz": gzipSync(message(1)),
  })
  expect(rows.map((row) => row["user_id"])).toEqual([1])
  expect(quarantined.map(({ file, line, reason }) => [file, line, reason])).toEqual([
    ["day/b.json", 1, "duplicate_message"],
    ["day/b.json", 2, "duplicate_message"],
  ])
})

test("the first good line of a message counts, not an earlier one that was quarantined", async () => {
  const lines = [
    '{"action":"message","user_id":0,"room_id":1,"message_id":5}',
    '{"action":"message","user_id":"5","room_id":1,"message_id":5}',
    '{"action":"message","user_id":7,"room_id":1,"message_id":5}',
    '{"action":"like","user_id":8,"message_id":5}',
    '{"action":"message","user_id":9,"room_id":1,"message_id":5}',
  ]
  for (const parser of ["fast", "strict"] as const) {
    const { rows, quarantined } = await landing.read(
      activity,
      { "a.json": lines.join("\n") },
      parser,
    )
    expect(rows.map((row) => row["user_id"])).toEqual([8, 7])
    expect(quarantined.map(({ reason }) => reason)).toEqual([
      "id_out_of_range",
      "wrong_type",
      "duplicate_message",
    ])
  }
})

test("a truncated compressed file is an error with its name", async () => {
  const packed = gzipSync(good.repeat(1000))
  await expect(
    landing.read(readings, { "a.json.gz": packed.subarray(0, packed.length - 12) }),
  ).rejects.toMatchObject({
    code: "input",
    message: expect.stringMatching(/^the landed file a\.json\.gz cannot be unpacked/),
  })
})

test.each(["a.json", "a.json.gz"])(
  "a file that changes during reading is an error: %s",
  async (path) => {
    const at = join(landing.folder, path)
    const content = path.endsWith(".gz") ? gzipSync(good) : Buffer.from(good)
    await writeFile(at, content)
    const file = { path, hash: "", bytes: content.length }
    const reading = withUnpackedFile(file, at, landing.session.scratchFolder, async () => {
      await utimes(at, 1, 1)
      throw new Error("half of a line")
    })
    await expect(reading).rejects.toMatchObject({
      code: "input",
      message: `the landed file ${path} changed while the run went on: it was written while it was read`,
    })
  },
)

test("more malformed lines than the source tolerates fail the step, and the lines are quarantined", async () => {
  const failure = await landing
    .read(strict, { "a.json": `${good}oops\n${good}{\n` })
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: "input",
    message:
      "2 of 4 lines of `readings` cannot be taken, more than the 25% that it tolerates: a.json:2 malformed_json, a.json:4 malformed_json",
    hint: expect.stringContaining(landing.folder),
  })
})

test("bad lines within the tolerance are counted by reason", async () => {
  const { count } = await landing.read(strict, { "a.json": `${good.repeat(7)}oops\n` })
  expect(count).toMatchObject({
    lines: 8,
    rows: 7,
    quarantined: 1,
    reasons: [{ reason: "malformed_json", lines: 1 }],
  })
})

test("days at the ends of months, escapes and nested extras are no reason to doubt", async () => {
  const lines = [
    '{"id":1,"name":"a","at":"2024-02-29T00:00:00Z","day":"2026-04-30"}',
    '{"id":1,"name":"a","at":"2000-02-29T00:00:00Z","day":"2026-12-31"}',
    '{"id":1,"name":"a","at":"2026-02-29T00:00:00Z"}',
    '{"id":1,"name":"a","day":"2026-04-31"}',
    String.raw`{"id":1,"name":"\\ \" \u00e9 \n","extra":{"a":[1,[]],"c":"\u0041"}}`,
    `{"id":1,"name":"${"x".repeat(70_000)}"}`,
    `{"id":1,"name":"${String.raw`\n`.repeat(30_000)}"}`,
  ]
  const want = { lines: 7, rows: 5, quarantined: 2 }
  for (const parser of ["fast", "strict"] as const) {
    const { count } = await landing.read(readings, { "a.json": lines.join("\n") }, parser)
    expect(count).toMatchObject(want)
  }
})

test("lines that are JSON only together are malformed", async () => {
  const { rows, quarantined } = await landing.read(readings, {
    "a.json": `${good}{"big":10,"small":\n{"id":1}}\n${good}`,
  })
  expect([rows.length, quarantined.map(({ line }) => line)]).toEqual([2, [2, 3]])
})

test.each(['{"id":', '{"id":1,"extra":[', '{"id":1,"extra":{"x":[1,', '{"id":1,"name":"a"},'])(
  "a line that is cut off spoils none after it: %s",
  async (cut) => {
    const lines = [good.trimEnd(), cut, '{"name":"b","id":2}', '{"id":3,"name":"c"}']
    const { rows, quarantined } = await landing.read(readings, { "a.json": lines.join("\n") })
    expect(rows.map((row) => row["name"])).toEqual(["a", "b", "c"])
    expect(quarantined.map(({ line }) => line)).toEqual([2])
  },
)

test("lines of several forms are distinguished over a large file", async () => {
  const forms = [
    '{"id":1,"name":"a"}',
    '{"name":"a","id":1}',
    '{"id": 1, "name": "a", "ratio": 0.5}',
    '{"id":"1","name":"a"}',
    '{"id":1,"name":5}',
  ]
  const lines = Array.from(
    { length: 200_000 },
    (_, at) => forms[(at * at) % 5 === 4 ? at % 5 : at % 3] ?? "",
  )
  const bad = lines.flatMap((line, at) => (/"id":"|:5}/.test(line) ? [at + 1] : []))
  const { quarantined, count } = await landing.read(readings, { "a.json": lines.join("\n") })
  expect(quarantined.map(({ line }) => line)).toEqual(bad)
  expect(count).toMatchObject({ lines: 200_000, quarantined: bad.length })
})

test("line numbers are right far into a large file", async () => {
  const lines = Array.from({ length: 60_000 }, (_, at) =>
    at % 7001 === 7000 ? "oops" : at % 5 === 0 ? "" : good.trimEnd(),
  )
  const { quarantined, count } = await landing.read(readings, { "a.json": lines.join("\n") })
  expect(quarantined.map(({ line }) => line)).toEqual(
    lines.flatMap((line, at) => (line === "oops" ? [at + 1] : [])),
  )
  expect(count.lines).toBe(lines.filter((line) => line !== "").length)
})
