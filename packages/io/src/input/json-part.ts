import { quoteName } from "@freshet/core"

import { numberCell, textCell } from "../duckdb/cell.ts"
import { columnDefinitions, columnList } from "../duckdb/literal.ts"
import { exactJsonJudgement, quickRows, takenColumn } from "./json-judgement.ts"
import { type Line, type LineScan, pickLines, scanLines } from "./line-scan.ts"
import type { Part, PartRequest, PartTable } from "./part.ts"
import { byteFault } from "./quarantine.ts"
import { appendTexts } from "./text-table.ts"

const batchBytes = 8 << 20

/**
 * Reads a file of JSON lines. The engine's parallel reader takes the lines that are surely good;
 * the others, which are few, are judged one by one from their text. When the reader did not see one
 * row for each line, every line of the file is judged so.
 */
export async function readJsonPart(request: PartRequest): Promise<Part> {
  const quick = quickTable(request)
  const { scan, taken } = await readQuickly(request, quick.name)
  const tables: PartTable[] = taken === undefined ? [] : [quick]
  const doubtful = taken === undefined ? "all" : taken.doubtful
  const exact = exactTable(request)
  const rows = doubtful.length === 0 ? 0 : await judgeExactly(request, exact.name, scan, doubtful)
  if (rows > 0) tables.push(exact)
  return {
    file: request.file,
    lines: scan.lines,
    rows: rows + (taken?.rows ?? 0),
    tables: tables.map((table) => (doubtful.length === 0 ? { ...table, where: undefined } : table)),
    pick: (ordinals) => pickLines(request.path, scan, ordinals),
  }
}

function quickTable({ id }: PartRequest): PartTable {
  const name = quoteName(` landed ${id}`)
  return {
    name,
    ordinal: "rowid",
    where: takenColumn,
    drop: (ordinals) => `DELETE FROM ${name} WHERE rowid IN (${ordinals.join(", ")})`,
  }
}

function exactTable({ id }: PartRequest): PartTable {
  const name = quoteName(` judged ${id}`)
  return {
    name,
    ordinal: '" ordinal"',
    where: undefined,
    drop: (ordinals) => `DELETE FROM ${name} WHERE " ordinal" IN (${ordinals.join(", ")})`,
  }
}

interface Taken {
  readonly rows: number
  readonly doubtful: readonly number[]
}

/** Scans and parses at the same time; a file with lines of unusual length is parsed again with room for them. */
async function readQuickly(
  request: PartRequest,
  table: string,
): Promise<{ readonly scan: LineScan; readonly taken: Taken | undefined }> {
  if (request.judge === "exact") return { scan: await scanLines(request.path), taken: undefined }
  const [scan, parsed] = await Promise.all([
    scanLines(request.path),
    parse(request, table, 0).catch((error: unknown) => ({ error })),
  ])
  if (parsed !== undefined && scan.longest < 16_000_000) throw parsed.error
  if (parsed !== undefined) await parse(request, table, scan.longest)
  return { scan, taken: await takenRows(request, table, scan) }
}

async function parse(request: PartRequest, table: string, longest: number): Promise<undefined> {
  const rows = quickRows(request.source, request.path, request.day, longest)
  await request.connection.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${rows}`)
}

async function takenRows(
  { connection }: PartRequest,
  table: string,
  scan: LineScan,
): Promise<Taken | undefined> {
  const [counted] = await connection.rows(
    `SELECT count(*)::INTEGER AS lines, (count(*) FILTER (WHERE ${takenColumn}))::INTEGER AS taken FROM ${table}`,
  )
  const rows = numberCell(counted, "taken")
  if (numberCell(counted, "lines") !== scan.lines) return undefined
  if (rows === scan.lines) return { rows, doubtful: [] }
  const doubtful = await connection.rows(
    `SELECT rowid::DOUBLE AS ordinal FROM ${table} WHERE NOT ${takenColumn} ORDER BY rowid`,
  )
  return { rows, doubtful: doubtful.map((row) => numberCell(row, "ordinal")) }
}

/** Puts the good ones of these lines into `table`, the others into quarantine; the number of good ones. */
async function judgeExactly(
  request: PartRequest,
  table: string,
  scan: LineScan,
  ordinals: readonly number[] | "all",
): Promise<number> {
  const { connection, source } = request
  const columns = `" ordinal" BIGINT, ${columnDefinitions(source.columns)}`
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} (${columns})`)
  let rows = 0
  let batch: Line[] = []
  let bytes = 0
  for await (const lines of pickLines(request.path, scan, ordinals)) {
    for (const line of lines) {
      batch.push(line)
      bytes += line.bytes.length
    }
    if (bytes < batchBytes) continue
    rows += await judgeBatch(request, table, batch)
    batch = []
    bytes = 0
  }
  return rows + (batch.length === 0 ? 0 : await judgeBatch(request, table, batch))
}

async function judgeBatch(
  request: PartRequest,
  table: string,
  lines: readonly Line[],
): Promise<number> {
  const { connection, source, day, quarantine, file } = request
  const faults = new Map<number, string>()
  for (const line of lines) {
    const fault = byteFault(line.bytes)
    if (fault !== undefined) faults.set(line.ordinal, fault)
  }
  const readable = lines.filter((line) => !faults.has(line.ordinal))
  await connection.run(`CREATE OR REPLACE TEMP TABLE " texts" (ordinal BIGINT, text VARCHAR)`)
  await appendTexts(
    connection,
    " texts",
    readable.map((each) => [each.ordinal, each.bytes.toString("utf8")]),
  )
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE " verdicts" AS ${exactJsonJudgement(source, '" texts"', day)}`,
  )
  await connection.run(
    `INSERT INTO ${table} SELECT ordinal, ${columnList(source.columns)} FROM " verdicts" WHERE reason IS NULL`,
  )
  const verdicts = await connection.rows(
    `SELECT ordinal::DOUBLE AS ordinal, reason FROM " verdicts" WHERE reason IS NOT NULL`,
  )
  for (const row of verdicts) faults.set(numberCell(row, "ordinal"), textCell(row, "reason"))
  for (const { ordinal, line, bytes } of lines) {
    const reason = faults.get(ordinal)
    if (reason !== undefined) await quarantine.add({ file, line }, reason, bytes)
  }
  return lines.length - faults.size
}
