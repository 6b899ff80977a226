import { quoteName, renderSql, type SourceAsset } from "@freshet/core"

import { numberCell, textCell } from "../duckdb/cell.ts"
import { columnList, textLiteral } from "../duckdb/literal.ts"
import { exactJsonJudgement } from "./json-judgement.ts"
import { type Line, type LineScan, pickLines, scanLines } from "./line-scan.ts"
import { dropRows, type Part, type PartRequest, type PartTable } from "./part.ts"
import { plainLines } from "./plain-line.ts"
import { byteFault } from "./quarantine.ts"
import { appendTexts } from "./text-table.ts"

const batchBytes = 8 << 20

/**
 * Reads a file of JSON lines. The engine's typed reader takes all lines at once, bad ones as well and
 * with what it makes of them; meanwhile every line is looked at as bytes, and those that are not plainly
 * good are judged one by one from their text instead. When the engine did not see one row for each
 * line, or plain lines are the exception, every line is judged so.
 */
export async function readJsonPart(request: PartRequest): Promise<Part> {
  const typed = { name: quoteName(` landed ${request.id}`), ordinal: "rowid", where: undefined }
  const { scan, doubtful } = await readTyped(request, typed)
  const tables: PartTable[] = doubtful === "all" ? [] : [typed]
  if (doubtful.length > 0) tables.push(await judgeExactly(request, scan, doubtful))
  return {
    file: request.file,
    lines: scan.lines,
    tables,
    pick: (ordinals) => pickLines(request.path, scan, ordinals),
  }
}

interface Typed {
  readonly scan: LineScan
  readonly doubtful: readonly number[] | "all"
}

/** Scans and parses at the same time; a file with very long lines is parsed again with room for them. */
async function readTyped(request: PartRequest, table: PartTable): Promise<Typed> {
  const { source, path, judge } = request
  const hasStruct = Object.values(source.columns).some(({ kind }) => kind === "struct")
  if (judge === "exact" || hasStruct) return { scan: await scanLines(path), doubtful: "all" }
  const [scan, failure] = await Promise.all([
    scanLines(path, plainLines(source)),
    parse(request, table.name, 0).catch((error: unknown) => ({ error })),
  ])
  if (failure !== undefined && scan.longest < usualRoom) throw failure.error
  if (scan.doubtful.length > 1000 && scan.doubtful.length * 4 > scan.lines)
    return { scan, doubtful: "all" }
  if (failure !== undefined) await parse(request, table.name, scan.longest)
  return { scan, doubtful: await setDoubtfulAside(request, table, scan) }
}

const usualRoom = 16_000_000 // bytes in a line that the engine's reader takes unasked

async function parse(request: PartRequest, table: string, longest: number): Promise<undefined> {
  const columns = Object.entries(request.source.columns).map(
    ([name, { type }]) => `${textLiteral(name)}: ${textLiteral(type)}`,
  )
  const room = longest === 0 ? "" : `maximum_object_size = ${longest + 1024},`
  await request.connection.run(`
    CREATE OR REPLACE TEMP TABLE ${table} AS
    SELECT ${columnList(request.source.columns)}
    FROM read_json(${textLiteral(request.path)}, format = 'newline_delimited', ${room}
      compression = 'uncompressed', ignore_errors = true, columns = {${columns.join(", ")}})`)
}

/** Takes what is not plainly good out of the table, and what a rule holds of. */
async function setDoubtfulAside(
  { connection, source, day }: PartRequest,
  table: PartTable,
  scan: LineScan,
): Promise<readonly number[] | "all"> {
  const [found] = await connection.rows(
    `SELECT count(*)::DOUBLE AS rows, ${ruled(source, day)}::VARCHAR AS ruled FROM ${table.name}`,
  )
  if (numberCell(found, "rows") !== scan.lines) return "all"
  const ordinals = new Set(scan.doubtful)
  for (const ordinal of JSON.parse(textCell(found, "ruled")) as number[]) ordinals.add(ordinal)
  const doubtful = [...ordinals].toSorted((a, b) => a - b)
  await dropRows(connection, table, doubtful)
  return doubtful
}

/** The ordinals of rows that a rule holds of, as a list. */
function ruled({ reject }: SourceAsset, day: string): string {
  if (reject.length === 0) return "'[]'"
  const rules = reject.map(({ when }) => `coalesce((${renderSql(when, day)}), false)`).join(" OR ")
  return `coalesce(list(rowid) FILTER (WHERE ${rules}), [])`
}

/** Puts the good ones of these lines into a table, the others into quarantine. */
async function judgeExactly(
  request: PartRequest,
  scan: LineScan,
  ordinals: readonly number[] | "all",
): Promise<PartTable> {
  const name = quoteName(` judged ${request.id}`)
  let begun = false
  let batch: Line[] = []
  let bytes = 0
  const judge = async () => {
    await judgeBatch(
      request,
      begun ? `INSERT INTO ${name}` : `CREATE OR REPLACE TEMP TABLE ${name} AS`,
      batch,
    )
    begun = true
    batch = []
    bytes = 0
  }
  for await (const lines of pickLines(request.path, scan, ordinals)) {
    for (const line of lines) {
      batch.push(line)
      bytes += line.bytes.length
    }
    if (bytes >= batchBytes) await judge()
  }
  if (batch.length > 0 || !begun) await judge()
  return { name, ordinal: "ordinal", where: undefined }
}

async function judgeBatch(
  { connection, source, day, quarantine, file }: PartRequest,
  into: string,
  lines: readonly Line[],
): Promise<void> {
  const faults = new Map<number, string>()
  const texts: [number, string][] = []
  for (const { ordinal, bytes } of lines) {
    const fault = byteFault(bytes) ?? jsonFault(bytes)
    if (fault === undefined) texts.push([ordinal, bytes.toString("utf8")])
    else faults.set(ordinal, fault)
  }
  await connection.run(`CREATE OR REPLACE TEMP TABLE " texts" (ordinal BIGINT, text VARCHAR)`)
  await appendTexts(connection, " texts", texts)
  const judged = exactJsonJudgement(source, '" texts"', day)
  await connection.run(`CREATE OR REPLACE TEMP TABLE " verdicts" AS ${judged}`)
  const good = `SELECT ordinal, ${columnList(source.columns)} FROM " verdicts" WHERE reason IS NULL`
  await connection.run(`${into} ${good}`)
  const bad = await connection.rows(
    `SELECT ordinal::DOUBLE AS ordinal, reason FROM " verdicts" WHERE reason IS NOT NULL`,
  )
  for (const row of bad) faults.set(numberCell(row, "ordinal"), textCell(row, "reason"))
  for (const { ordinal, line, bytes } of lines) {
    const reason = faults.get(ordinal)
    if (reason !== undefined) await quarantine.add({ file, line }, reason, bytes)
  }
}

/** The engine's reader lets a comma before a closing bracket pass, and bare NaN and Infinity. */
function jsonFault(bytes: Buffer): "malformed_json" | undefined {
  try {
    JSON.parse(bytes.toString("utf8"))
    return undefined
  } catch {
    return "malformed_json"
  }
}
