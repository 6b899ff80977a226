import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { daily, int32, sourceAsset, text } from "@freshet/core"
import { expect, test } from "vitest"

import { linesPerBlock, createFastLineMatcher } from "../../src/input/fast-json-line.ts"
import { pickLines, scanLines } from "../../src/input/line-scan.ts"

const source = sourceAsset({
  name: "notes",
  group: "test",
  description: "Notes.",
  partitions: daily({ start: "2026-01-01" }),
  format: { kind: "json_lines" },
  path: "notes/{partition}.json",
  columns: { id: int32(), note: text() },
})

const good = (id: number) => `{"id":${id},"note":"${"n".repeat(id % 50)}"}`

async function withFile<T>(lines: readonly (string | Buffer)[], use: (path: string) => Promise<T>) {
  const folder = await mkdtemp(join(tmpdir(), "freshet-scan-"))
  try {
    const path = join(folder, "notes.json")
    await writeFile(path, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), newline])))
    return await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const newline = Buffer.from("\n")

test("a line that is not plain, at any position, and its next line are left to the strict parser, and no other line", async () => {
  for (let at = 0; at < 4 * linesPerBlock; at += 1) {
    const lines = Array.from({ length: 5 * linesPerBlock }, (_, id) => good(id))
    const scan = await withFile(lines.with(at, '{"id":"x"}'), (path) =>
      scanLines(path, createFastLineMatcher(source)),
    )
    expect(scan).toMatchObject({ lines: lines.length, strictOrdinals: [at, at + 1] })
  }
})

test("a line of plain form whose bytes are not UTF-8 is left to the strict parser", async () => {
  const lines = Array.from({ length: 5 * linesPerBlock }, (_, id) => Buffer.from(good(id)))
  const at = 2 * linesPerBlock + 3
  const torn = Buffer.from('{"id":1,"note":"\xff"}', "latin1")
  const scan = await withFile(lines.with(at, torn), (path) =>
    scanLines(path, createFastLineMatcher(source)),
  )
  expect(scan.strictOrdinals).toEqual([at, at + 1])
})

test("lines are found again by their ordinals and numbers, blank ones between them or not", async () => {
  const lines = Array.from({ length: 3000 }, (_, id) => (id % 700 === 400 ? "  " : good(id)))
  await withFile(lines, async (path) => {
    const scan = await scanLines(path, createFastLineMatcher(source))
    const nonBlankLines = lines.flatMap((line, at) =>
      line === "  " ? [] : [{ line: at + 1, text: line }],
    )
    expect(scan).toMatchObject({ lines: nonBlankLines.length, strictOrdinals: [] })
    const ordinals = [
      0,
      15,
      16,
      400,
      401,
      511,
      512,
      1023,
      1024,
      2047,
      2048,
      nonBlankLines.length - 1,
    ]
    const found = []
    for await (const batch of pickLines(path, scan, ordinals))
      for (const { ordinal, line, bytes } of batch)
        found.push({ ordinal, line, text: bytes.toString() })
    expect(found).toEqual(ordinals.map((ordinal) => ({ ordinal, ...nonBlankLines[ordinal] })))
    expect(scan.maxLineBytes).toBeGreaterThanOrEqual(
      Math.max(...lines.map(({ length }) => length + 1)),
    )
  })
})
