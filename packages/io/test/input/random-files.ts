import type { SourceAsset } from "@freshet/core"
import { expect } from "vitest"

import type { LandingFixture, ReadResult } from "./landing-fixture.ts"
import { createRandom, createRandomFile } from "./random-file.ts"
import { csvSources, jsonSources } from "./random-sources.ts"
import { parseReferenceCsv } from "./reference-csv.ts"
import { parseReferenceLine } from "./reference-parser.ts"

const linesPerFile = 400

/** Reads random files of at least this many lines in all, and compares them with the reference; returns the number of lines. */
export async function compareRandomFiles(
  landing: LandingFixture,
  lines: number,
  seed: number,
): Promise<number> {
  const sources = [...jsonSources, ...csvSources]
  let total = 0
  for (let file = 0; total < lines; file += 1) {
    const fileSeed = seed + file
    const random = createRandom(fileSeed)
    const source = sources[file % sources.length]!
    const content = createRandomFile(random, source, linesPerFile)
    total += await compareFile(landing, source, content, fileSeed)
  }
  return total
}

async function compareFile(
  landing: LandingFixture,
  source: SourceAsset,
  content: Buffer,
  seed: number,
): Promise<number> {
  const expected = findExpected(source, content)
  for (const parser of ["fast", "strict"] as const) {
    const label = `${source.name}, ${parser} parser, seed ${seed}`
    const result = await landing
      .read(source, { lines: content }, parser)
      .catch((cause: unknown) => {
        throw new Error(label, { cause })
      })
    const actual = summarize(result)
    const [missing, surplus] = [listMissing(expected, actual), listMissing(actual, expected)]
    expect({ label, missing, surplus }).toEqual({ label, missing: [], surplus: [] })
  }
  return expected.lines
}

interface Summary {
  readonly rows: readonly string[]
  readonly faults: readonly string[]
  readonly lines: number
}

/** Lists a few rows and faults of the first summary that the second one lacks. */
function listMissing(from: Summary, other: Summary): readonly string[] {
  const listed = (summary: Summary) => [
    ...summary.rows,
    ...summary.faults,
    `${summary.lines} lines`,
  ]
  const counts = new Map<string, number>()
  for (const text of listed(other)) counts.set(text, (counts.get(text) ?? 0) + 1)
  const missing = listed(from).filter((text) => {
    const count = counts.get(text) ?? 0
    counts.set(text, count - 1)
    return count <= 0
  })
  return missing.slice(0, 5)
}

const sortRows = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted()

function summarize({ rows, count, quarantined }: ReadResult): Summary {
  return {
    rows: sortRows(rows),
    faults: quarantined.map(({ line, reason }) => `${line} ${reason}`),
    lines: count.lines,
  }
}

function findExpected(source: SourceAsset, content: Buffer): Summary {
  const lines =
    source.format.kind === "csv"
      ? parseReferenceCsv(source, content)
      : parseJsonLines(source, content)
  return {
    rows: sortRows(lines.flatMap((line) => (line.kind === "row" ? [line.row] : []))),
    faults: lines.flatMap((line) => (line.kind === "fault" ? [`${line.line} ${line.reason}`] : [])),
    lines: lines.length,
  }
}

function parseJsonLines(source: SourceAsset, content: Buffer) {
  const texts = content.toString("latin1").split("\n")
  return texts.flatMap((text, at) => {
    const line = parseReferenceLine(source, Buffer.from(text, "latin1"))
    return line.kind === "blank" ? [] : [{ ...line, line: at + 1 }]
  })
}
