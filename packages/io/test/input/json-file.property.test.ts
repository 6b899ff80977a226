import type { SourceAsset } from "@freshet/core"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"

import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"
import { randomLine } from "./random-line.ts"
import { parseReferenceLine } from "./reference-parser.ts"
import { activity, readings } from "./sources.ts"

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted()

function findExpected(source: SourceAsset, lines: readonly Buffer[]) {
  const keys = new Set<unknown>()
  const rows: unknown[] = []
  const faults: string[] = []
  let lineCount = 0
  for (const [at, line] of lines.entries()) {
    const judged = parseReferenceLine(source, at === 0 ? stripByteOrderMark(line) : line)
    if (judged.kind === "blank") continue
    lineCount += 1
    const key =
      source.duplicate && judged.kind === "row" && judged.row["action"] === "message"
        ? judged.row["message_id"]
        : undefined
    if (judged.kind === "fault") faults.push(`${at + 1} ${judged.reason}`)
    else if (key !== undefined && keys.has(key)) faults.push(`${at + 1} duplicate_message`)
    else rows.push(judged.row)
    keys.add(key)
  }
  return { rows: sorted(rows), faults, lines: lineCount }
}

/** A byte order mark counts for nothing where the file begins. */
function stripByteOrderMark(line: Buffer): Buffer {
  return line.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? line.subarray(3) : line
}

test.each([readings, activity])(
  "the fast path, the strict parser and plain TypeScript accept the same lines of $name, for the same reasons",
  async (source) => {
    await fc.assert(
      fc.asyncProperty(fc.array(randomLine(source), { maxLength: 60 }), async (lines) => {
        const file = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]))
        const want = findExpected(source, lines)
        for (const parser of ["strict", "fast"] as const) {
          const { rows, count, quarantined } = await landing.read(
            source,
            { "day.json": file },
            parser,
          )
          expect({
            rows: sorted(rows),
            faults: quarantined.map(({ line, reason }) => `${line} ${reason}`),
            lines: count.lines,
          }).toEqual(want)
        }
      }),
      { numRuns: Number(process.env["RUNS"] ?? 40) },
    )
  },
)
