import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

import { expect, test } from "vitest"

import { type CommandResult, expectDone, runFreshet } from "./freshet-process.ts"
import { readContents, readLineCounts } from "./ledger-contents.ts"
import { land, withTestProject, type TestProject } from "./test-project.ts"

/** Enough good lines that one bad one among them is tolerated. */
const goodLines = Array.from({ length: 150 }, (_, index) => follow(1 + (index % 40), 41 + index))

/** A line of the activity log, why it is set aside, and its text in the quarantine if that is not the line itself. */
interface BadLine {
  readonly what: string
  readonly line: string | Uint8Array
  readonly reason: string
  readonly text?: string
}

const badLines: readonly BadLine[] = [
  { what: "truncated JSON", line: `{"action":"follow","user_id":1,`, reason: "malformed_json" },
  { what: "no JSON", line: "half past nine", reason: "malformed_json" },
  {
    what: "a name said twice",
    line: `{"action":"follow","user_id":1,"user_id":3,"following_user_id":2}`,
    reason: "malformed_json",
  },
  { what: "no object", line: "[1, 2, 3]", reason: "malformed_json" },
  {
    what: "a wrong type",
    line: `{"action":"follow","user_id":"one","following_user_id":2}`,
    reason: "wrong_type",
  },
  {
    what: "a fraction as an id",
    line: `{"action":"follow","user_id":1.5,"following_user_id":2}`,
    reason: "wrong_type",
  },
  { what: "an unknown action", line: `{"action":"poke","user_id":1}`, reason: "unknown_action" },
  { what: "a missing field", line: `{"action":"follow","user_id":1}`, reason: "missing_field" },
  { what: "a user id of 0", line: follow(0, 1), reason: "id_out_of_range" },
  { what: "an id beyond 2^53", line: message("9007199254740993"), reason: "id_out_of_range" },
  {
    what: "an id beyond 2^64",
    line: message("99999999999999999999999999"),
    reason: "id_out_of_range",
  },
  {
    what: "invalid UTF-8",
    line: Buffer.from(`{"action":"\xff"}`, "latin1"),
    reason: "invalid_utf8",
    text: String.raw`{"action":"\xff"}`,
  },
  { what: "a NUL byte", line: `{"action":"fol\0low"}`, reason: "nul_byte" },
  {
    what: "brackets ten thousand deep",
    line: "[".repeat(10_000),
    reason: "malformed_json",
    text: "[".repeat(4_096),
  },
  {
    what: "ten megabytes of nothing",
    line: "x".repeat(10_000_000),
    reason: "malformed_json",
    text: "x".repeat(4_096),
  },
]

test("a malformed line is quarantined with its file, number and reason, and the other lines of its day are read", async () => {
  await withTestProject(async (place) => {
    landSnapshots(place)
    for (const [index, { line }] of badLines.entries())
      land(place, `activity/${dayAt(index)}.json`, fileOf(goodLines, line, goodLines.slice(0, 50)))
    const ended = await runFreshet(place, "materialize")
    expectPlain(ended)
    expectDone(ended)
    const counts = await readLineCounts(place)
    for (const [index, { what, reason, line, text = String(line) }] of badLines.entries()) {
      const day = dayAt(index)
      expect({ what, ...counts.get(`activity_log ${day}`) }).toMatchObject({
        what,
        lines: 201,
        rows: 200,
        quarantined: 1,
        reasons: [{ reason, lines: 1 }],
      })
      const [kept] = quarantined(place, counts.get(`activity_log ${day}`)?.file)
      const file = `stocktwits/activity/${day}.json`
      expect(kept).toEqual(expect.objectContaining({ file, line: 151, reason, text }))
    }
    expect((await readContents(place)).publications).toHaveLength(1)
  })
})

/** Files that are unusual and whole: how many rows they have. */
const unusualFiles: readonly { what: string; name: string; content: Uint8Array; rows: number }[] = [
  { what: "CRLF", name: ".json", content: fileOf(goodLines.map((line) => `${line}\r`)), rows: 150 },
  {
    what: "a byte order mark",
    name: ".json",
    content: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), fileOf(goodLines)]),
    rows: 150,
  },
  {
    what: "no newline at the end",
    name: ".json",
    content: fileOf(goodLines).subarray(0, -1),
    rows: 150,
  },
  {
    what: "blank lines",
    name: ".json",
    content: fileOf(["", ...goodLines, " ", "\t", ""]),
    rows: 150,
  },
  { what: "nothing at all", name: ".json", content: Buffer.alloc(0), rows: 0 },
  {
    what: "two equal follows",
    name: ".json",
    content: fileOf([follow(1, 2), follow(1, 2)]),
    rows: 2,
  },
  {
    what: "a like of a message that does not exist",
    name: ".json",
    content: fileOf([`{"action":"like","user_id":1,"message_id":4}`]),
    rows: 1,
  },
  {
    what: "a line of ten megabytes",
    name: ".json",
    content: fileOf([
      `{"action":"follow","user_id":1,"following_user_id":2,"pad":"${"x".repeat(10_000_000)}"}`,
    ]),
    rows: 1,
  },
  { what: "compression", name: ".json.gz", content: gzipSync(fileOf(goodLines)), rows: 150 },
  {
    what: "one part of a folder",
    name: ".json/part-0.json",
    content: fileOf(goodLines),
    rows: 150,
  },
]

test("unusual files are read completely: CRLF, a byte order mark, no lines, very long lines, compression, a folder of parts", async () => {
  await withTestProject(async (place) => {
    landSnapshots(place)
    land(place, `activity/${dayAt(0)}.json`, fileOf(goodLines))
    // day 1 has no file
    for (const [index, { name, content }] of unusualFiles.entries())
      land(place, `activity/${dayAt(index + 2)}${name}`, content)
    const ended = await runFreshet(place, "materialize")
    expectPlain(ended)
    expectDone(ended)
    const counts = await readLineCounts(place)
    for (const [index, { what, rows }] of unusualFiles.entries())
      expect({ what, ...counts.get(`activity_log ${dayAt(index + 2)}`) }).toMatchObject({
        what,
        lines: rows,
        rows,
        quarantined: 0,
      })
    expect(counts.get(`activity_log ${dayAt(1)}`)).toMatchObject({ lines: 0, rows: 0 })
    const { materializations } = await readContents(place)
    const likes = materializations.filter(({ asset }) => asset === "likes_without_message")
    const found = unusualFiles.findIndex(({ what }) => what.startsWith("a like of"))
    expect(likes.find(({ day }) => day === dayAt(found + 2))?.rows).toBe(1)
  })
})

test("the part files of a day are counted together, and a message repeated across them is found", async () => {
  await withTestProject(async (place) => {
    landSnapshots(place)
    land(place, `activity/${dayAt(0)}.json/a.json`, fileOf([...goodLines, message("7")]))
    land(
      place,
      `activity/${dayAt(0)}.json/b.json.gz`,
      gzipSync(fileOf([message("7"), follow(1, 2)])),
    )
    land(place, `activity/${dayAt(0)}.json/_SUCCESS`, "")
    expectDone(await runFreshet(place, "materialize"))
    const count = (await readLineCounts(place)).get(`activity_log ${dayAt(0)}`)
    expect(count).toMatchObject({ lines: 153, rows: 152, quarantined: 1 })
    expect(quarantined(place, count?.file)).toMatchObject([
      {
        file: `stocktwits/activity/${dayAt(0)}.json/b.json.gz`,
        line: 1,
        reason: "duplicate_message",
      },
    ])
  })
})

/** Inputs that a run rejects, and its messages. */
const refused: readonly {
  what: string
  spoil: (place: TestProject) => void
  says: readonly string[]
}[] = [
  {
    what: "more malformed lines than are tolerated",
    spoil: (place) =>
      land(place, `activity/${dayAt(1)}.json`, fileOf([...goodLines, "?", "!", "."])),
    says: [
      "3 of 153 lines of `activity_log` cannot be taken",
      `${dayAt(1)}.json:151 malformed_json`,
    ],
  },
  {
    what: "a users file without one of its columns",
    spoil: (place) => land(place, `users/${dayAt(1)}.csv`, "id,experience\n1,Novice\n"),
    says: [
      `stocktwits/users/${dayAt(1)}.csv has no column username`,
      "its header says: id, experience",
    ],
  },
  {
    what: "a compressed file that ends in the middle",
    spoil: (place) => {
      const whole = gzipSync(fileOf(goodLines))
      land(place, `activity/${dayAt(1)}.json.gz`, whole.subarray(0, whole.length / 2))
    },
    says: [`stocktwits/activity/${dayAt(1)}.json.gz cannot be unpacked`],
  },
]

test.each(refused)(
  "$what: nothing is published, and one message describes the fix",
  async ({ spoil, says }) => {
    await withTestProject(async (place) => {
      landSnapshots(place)
      land(place, `activity/${dayAt(0)}.json`, fileOf(goodLines))
      expectDone(await runFreshet(place, "materialize"))
      const before = await readContents(place)
      spoil(place)
      const ended = await runFreshet(place, "materialize")
      expectPlain(ended)
      for (const text of says) expect(ended.stdout + ended.stderr).toContain(text)
      expect(ended.code).toBe(3)
      const after = await readContents(place)
      expect(after.published).toEqual(before.published)
      expect(after.publications).toEqual(before.publications)
      expectDone(await runFreshet(place, "status"))
    })
  },
)

test("files whose names are not days, and files of future days, are reported and not read", async () => {
  await withTestProject(async (place) => {
    landSnapshots(place)
    land(place, `activity/${dayAt(0)}.json`, fileOf(goodLines))
    land(place, "activity/2026-02-30.json", fileOf(goodLines))
    land(place, "activity/yesterday.json", fileOf(goodLines))
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    land(place, `activity/${tomorrow}.json`, fileOf(goodLines))
    const ended = await runFreshet(place, "materialize")
    expectPlain(ended)
    expectDone(ended)
    const { publications, materializations } = await readContents(place)
    expect(publications).toMatchObject([{ day: dayAt(0) }])
    const readers = materializations.filter(({ asset }) => asset === "messages")
    expect([...new Set(readers.map(({ day }) => day))]).toEqual([dayAt(0)])
    const warning = "2026-02-30.json, yesterday.json in stocktwits/activity are not read"
    expect(ended.stderr).toContain(warning)
    expect((await runFreshet(place, "plan")).stderr).toContain(warning)
    expect((await runFreshet(place, "status")).stderr).toContain(warning)
  })
})

test("an empty landing zone is not an error", async () => {
  await withTestProject(async (place) => {
    mkdirSync(place.landing)
    const status = await runFreshet(place, "status")
    expectDone(status)
    expect(status.stdout).toContain("No file has landed")
    const ended = await runFreshet(place, "materialize")
    expectPlain(ended)
    expect(ended.stdout).toContain("not all of its inputs have landed")
    expect((await readContents(place)).materializations).toEqual([])
  })
})

test("a missing landing zone is reported", async () => {
  await withTestProject(async (place) => {
    const status = await runFreshet(place, "status")
    expect(status.stderr).toContain(`There is no landing zone at ${place.landing}`)
    const ended = await runFreshet(place, "materialize")
    expectPlain(ended)
    expect(ended.code).toBe(3)
    expect(ended.stderr).toContain(`There is no landing zone at ${place.landing}`)
    expect((await readContents(place)).materializations).toEqual([])
  })
})

test("a landing zone that disappears does not change the published tables", async () => {
  await withTestProject(async (place) => {
    landSnapshots(place)
    land(place, `activity/${dayAt(0)}.json`, fileOf(goodLines))
    expectDone(await runFreshet(place, "materialize"))
    const before = await readContents(place)
    rmSync(place.landing, { recursive: true })
    const ended = await runFreshet(place, "materialize")
    expectPlain(ended)
    expect(ended.code).toBe(3)
    expect((await readContents(place)).published).toEqual(before.published)
  })
})

function expectPlain({ stderr, stdout, code }: CommandResult): void {
  expect(stderr + stdout).not.toContain("    at ")
  expect(code).not.toBe(1)
}

function dayAt(index: number): string {
  return new Date(Date.UTC(2026, 0, 5 + index)).toISOString().slice(0, 10)
}

function follow(user: number, other: number): string {
  return `{"action":"follow","user_id":${user},"following_user_id":${other}}`
}

function message(id: string): string {
  return `{"action":"message","user_id":1,"room_id":1,"message_id":${id},"mention_ids":""}`
}

/** Lines, each ended by a newline. */
function fileOf(...parts: readonly (string | Uint8Array | readonly string[])[]): Buffer {
  const lines = parts.flatMap((part): readonly (string | Uint8Array)[] =>
    typeof part === "string" || part instanceof Uint8Array ? [part] : part,
  )
  return Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")]))
}

function landSnapshots(place: TestProject): void {
  const users = Array.from({ length: 50 }, (_, index) => `${index + 1},user${index},,,,Bonds`)
  land(
    place,
    `users/${dayAt(0)}.csv`,
    ["id,username,experience,approach,holding_period,assets_traded", ...users, ""].join("\n"),
  )
  land(place, `rooms/${dayAt(0)}.csv`, "id,slug,topics\n1,Help,Technology\n")
}

/** The lines in a quarantine file. */
function quarantined({ lake }: TestProject, file: string | null | undefined): readonly unknown[] {
  const path = join(lake, file ?? "")
  expect(existsSync(path)).toBe(true)
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line))
}
