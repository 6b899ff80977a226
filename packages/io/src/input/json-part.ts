import { quoteName, renderSql } from "@freshet/core"

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
  const judged = doubtful.length > 0 ? await judgeExactly(request, scan, doubtful) : undefined
  const tables = [doubtful === "all" ? undefined : typed, judged].filter((t) => t !== undefined)
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
  const [scan, parsed] = await Promise.all([
    scanLines(path, plainLines(source)),
    parse(request, table.name, 0),
  ])
  const mostlyPlain = scan.doubtful.length <= 1000 || scan.doubtful.length * 4 <= scan.lines
  const tooLong = parsed === undefined && scan.longest >= usualRoom
  const rows = mostlyPlain && tooLong ? await parse(request, table.name, scan.longest) : parsed
  if (!mostlyPlain || rows !== scan.lines) return { scan, doubtful: "all" }
  return { scan, doubtful: await setDoubtfulAside(request, table, scan) }
}

const usualRoom = 16_000_000 // bytes in a line that the engine's reader takes unasked

/** Gives the number of rows; undefined when the reader stops at a line, as it may although it is to ignore errors. */
async function parse(
  { connection, source, path }: PartRequest,
  table: string,
  longest: number,
): Promise<number | undefined> {
  const columns = Object.entries(source.columns).map(
    ([name, { type }]) => `${textLiteral(name)}: ${textLiteral(type)}`,
  )
  const room = longest === 0 ? "" : `maximum_object_size = ${longest + 1024},`
  try {
    const [made] = await connection.rows(`
      CREATE OR REPLACE TEMP TABLE ${table} AS
      SELECT ${columnList(source.columns)}
      FROM read_json(${textLiteral(path)}, format = 'newline_delimited', ${room}
        compression = 'uncompressed', ignore_errors = true, columns = {${columns.join(", ")}})`)
    return Number(made?.["Count"])
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith("Invalid Input Error")) return undefined
    throw cause
  }
}

/** Takes what is not plainly good out of the table, and what a rule holds of. */
async function setDoubtfulAside(
  { connection, source, partition }: PartRequest,
  table: PartTable,
  scan: LineScan,
): Promise<readonly number[]> {
  const ordinals = new Set(scan.doubtful)
  if (source.reject.length > 0) {
    const rules = source.reject.map(({ when }) => `(${renderSql(when, partition)})`).join(" OR ")
    const ruled = await connection.rows(
      `SELECT rowid::DOUBLE AS ordinal FROM ${table.name} WHERE ${rules}`,
    )
    for (const row of ruled) ordinals.add(numberCell(row, "ordinal"))
  }
  const doubtful = [...ordinals].toSorted((a, b) => a - b)
  await dropRows(connection, table, doubtful)
  return doubtful
}

/** Puts these lines into a table with what is wrong with them, and those with a fault into quarantine. */
async function judgeExactly(
  request: PartRequest,
  scan: LineScan,
  ordinals: readonly number[] | "all",
): Promise<PartTable | undefined> {
  const name = quoteName(` judged ${request.id}`)
  let begun = false
  let batch: Line[] = []
  let bytes = 0
  const judge = async () => {
    begun = (await judgeBatch(request, { name, begun }, batch)) || begun
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
  if (batch.length > 0) await judge()
  return begun ? { name, ordinal: "ordinal", where: "reason IS NULL" } : undefined
}

/** Whether any of the lines came into the table: those that are not JSON at all do not. */
async function judgeBatch(
  { connection, source, partition, quarantine, file }: PartRequest,
  judged: { readonly name: string; readonly begun: boolean },
  lines: readonly Line[],
): Promise<boolean> {
  const faults = new Map<number, string>()
  const texts: [number, string][] = []
  for (const { ordinal, bytes } of lines) {
    const fault = byteFault(bytes) ?? jsonFault(bytes)
    if (fault === undefined) texts.push([ordinal, bytes.toString("utf8")])
    else faults.set(ordinal, fault)
  }
  const [first] = texts
  if (first !== undefined) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE " texts" (ordinal BIGINT, text VARCHAR)`)
    await appendTexts(connection, " texts", texts)
    const into = judged.begun
      ? `INSERT INTO ${judged.name}`
      : `CREATE OR REPLACE TEMP TABLE ${judged.name} AS`
    const bad = await connection.rows(`
      ${into} ${exactJsonJudgement(source, '" texts"', partition)};
      SELECT ordinal::DOUBLE AS ordinal, reason FROM ${judged.name}
      WHERE reason IS NOT NULL AND ordinal >= ${first[0]}`)
    for (const row of bad) faults.set(numberCell(row, "ordinal"), textCell(row, "reason"))
  }
  for (const { ordinal, line, bytes } of lines) {
    const reason = faults.get(ordinal)
    if (reason !== undefined) await quarantine.add({ file, line }, reason, bytes)
  }
  return first !== undefined
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
