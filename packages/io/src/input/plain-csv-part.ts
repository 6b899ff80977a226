import { randomUUID } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"

import { quoteName, renderSql, type SourceAsset } from "@freshet/core"

import { numberCell, textCell } from "../duckdb/cell.ts"
import { textLiteral } from "../duckdb/literal.ts"
import { isBlankText } from "./csv-records.ts"
import { pickLines } from "./line-scan.ts"
import { dropRows, type Part, type PartRequest, type PartTable } from "./part.ts"
import { type DoubtfulLine, type PlainScan, scanPlainCsv } from "./plain-csv-scan.ts"
import { plainCsv } from "./plain-csv.ts"

/** Judges a few lines exactly: sets aside what cannot be taken, and gives a table of the rest with the lines' ordinals. */
export type JudgeLines = (lines: readonly DoubtfulLine[]) => Promise<PartTable>

/**
 * Reads a CSV file whose lines are nearly all plain with the engine's typed reader, which is several times as fast as
 * judging texts; the few that are not plain are judged exactly. Undefined for any other file.
 */
export async function readPlainCsv(
  request: PartRequest,
  positions: ReadonlyMap<string, number>,
  width: number,
  judgeLines: JudgeLines,
): Promise<Part | undefined> {
  const machine = plainCsv(request.source, positions, width)
  const scan = machine && (await scanPlainCsv(request.path, machine))
  if (scan === undefined || scan.longest > 1_000_000) return undefined
  const { doubtfulLines } = scan
  if (doubtfulLines.some(({ bytes }) => isBlankText(bytes))) return undefined
  if (doubtfulLines.length > 0 && request.source.duplicate !== undefined) return undefined
  const name = quoteName(` plain ${request.id}`)
  if (!(await readTyped(request, { name, positions, width, scan }))) return undefined
  const plain: PartTable = { name, ordinal: "rowid", where: undefined }
  await refuse(request, plain, scan)
  return {
    file: request.file,
    lines: scan.lines - 1,
    tables: doubtfulLines.length === 0 ? [plain] : [plain, await judgeLines(doubtfulLines)],
    pick: pickPlain(request.path, scan),
  }
}

interface Typed {
  readonly name: string
  readonly positions: ReadonlyMap<string, number>
  readonly width: number
  readonly scan: PlainScan
}

/** Makes the table of the plain lines; false when the engine will not have them so: a number is out of range, say. */
async function readTyped(request: PartRequest, typed: Typed): Promise<boolean> {
  const { name, positions, width, scan } = typed
  const { doubtfulLines } = scan
  const cleaned =
    doubtfulLines.length === 0 ? undefined : await withoutLines(request, doubtfulLines)
  try {
    await request.connection.run(
      `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${typedValues(request.source, positions)}
       FROM ${reader(cleaned ?? request.path, request.source, positions, width)}`,
    )
  } catch {
    return false
  } finally {
    if (cleaned !== undefined) await rm(cleaned, { force: true })
  }
  const [counted] = await request.connection.rows(`SELECT count(*)::DOUBLE AS rows FROM ${name}`)
  return numberCell(counted, "rows") === scan.lines - 1 - doubtfulLines.length
}

function reader(
  path: string,
  source: SourceAsset,
  positions: ReadonlyMap<string, number>,
  width: number,
): string {
  const types = Array.from({ length: width }, () => "VARCHAR")
  for (const [column, at] of positions) types[at] = source.columns[column]?.type ?? "VARCHAR"
  const columns = types.map((type, at) => `'${at}': '${type}'`)
  return `read_csv(${textLiteral(path)}, auto_detect = false, header = false, skip = 1, delim = ',',
    quote = '"', escape = '"', strict_mode = true, compression = 'uncompressed', columns = {${columns.join(", ")}})`
}

/** An empty value is null, except where it is text that may not be null. */
function typedValues(source: SourceAsset, positions: ReadonlyMap<string, number>): string {
  const values = Object.entries(source.columns).map(([name, column]) => {
    const read = quoteName(String(positions.get(name)))
    const value =
      column.kind === "text" && !column.nullable
        ? `coalesce(${read}, '')`
        : column.kind === "text"
          ? `nullif(${read}, '')`
          : read
    return `${value} AS ${quoteName(name)}`
  })
  return values.join(", ")
}

/** A copy of the file without these lines. */
async function withoutLines(
  { path, scratchFolder }: PartRequest,
  lines: readonly DoubtfulLine[],
): Promise<string> {
  const copy = join(await scratchFolder(), `${randomUUID()}.plain`)
  const parts = async function* () {
    let from = 0
    for (const { offset, bytes } of lines) {
      if (offset > from) yield* createReadStream(path, { start: from, end: offset - 1 })
      from = offset + bytes.length + 1
    }
    yield* createReadStream(path, { start: from })
  }
  await pipeline(parts, createWriteStream(copy))
  return copy
}

/** Sets aside the plain lines that a rule of the source refuses. */
async function refuse(request: PartRequest, { name }: PartTable, scan: PlainScan): Promise<void> {
  const { connection, source, partition, quarantine, file } = request
  if (source.reject.length === 0) return
  const rules = source.reject.map(({ reason, when }) => ({
    reason: textLiteral(reason),
    test: `coalesce((${renderSql(when, partition)}), false)`,
  }))
  const reasons = rules.map(({ reason, test }) => `WHEN ${test} THEN ${reason}`)
  const refused = await connection.rows(`
    SELECT rowid::DOUBLE AS ordinal, CASE ${reasons.join(" ")} END AS reason FROM ${name}
    WHERE ${rules.map(({ test }) => test).join(" OR ")} ORDER BY rowid`)
  if (refused.length === 0) return
  const known = new Map(refused.map((row) => [numberCell(row, "ordinal"), textCell(row, "reason")]))
  for await (const lines of pickPlain(request.path, scan)([...known.keys()]))
    for (const { ordinal, line, bytes } of lines)
      await quarantine.add({ file, line }, known.get(ordinal) ?? "", bytes)
  await dropRows(connection, { name, ordinal: "rowid", where: undefined }, [...known.keys()])
}

/** Ordinals of the table count neither the header nor the lines that are not plain. */
function pickPlain(path: string, scan: PlainScan): Part["pick"] {
  const left = scan.doubtfulLines.map(({ ordinal }) => ordinal)
  const inFile = (ordinal: number): number => {
    let at = ordinal + 1
    for (const each of left) if (each <= at) at += 1
    return at
  }
  return async function* pick(ordinals) {
    const places = new Map(ordinals.map((ordinal) => [inFile(ordinal), ordinal]))
    for await (const lines of pickLines(path, scan, [...places.keys()]))
      yield lines.map((line) => ({ ...line, ordinal: places.get(line.ordinal) ?? line.ordinal }))
  }
}
