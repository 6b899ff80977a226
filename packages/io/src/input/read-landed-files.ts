import type { SourceAsset } from "@freshet/core"
import {
  FreshetError,
  type LandedFile,
  type LineCount,
  type PartitionText,
  quoteName,
  type Relation,
} from "@freshet/core/engine"

import { getNumberCell } from "../duckdb/cell.ts"
import { toEngineError } from "../duckdb/engine-error.ts"
import type { Connection } from "../duckdb/session.ts"
import { formatColumnList, buildEmptyQuery, quoteText } from "../duckdb/sql-text.ts"
import { readCsvFile } from "./csv-file.ts"
import { dropDuplicates } from "./duplicates.ts"
import { readJsonFile } from "./json-file.ts"
import type { ParsedFile, ParseRequest } from "./parsed-file.ts"
import { openQuarantine, type Quarantine } from "./quarantine.ts"
import { withUnpackedFile } from "./unpacked-file.ts"

/** The location of a source's files, and the targets of quarantined lines. */
export interface LandingContext {
  readonly connection: Connection
  /** `YYYY-MM-DD`, for rules that refer to the day. */
  readonly partition: PartitionText
  /** Provides the local path of a landed file or of its copy. */
  readonly localPath: (file: LandedFile) => string | Promise<string>
  readonly scratchFolder: () => Promise<string>
  readonly parser: "fast" | "strict"
  /** Adds the columns ` file`, the path in the landing zone, and ` ordinal`, the line's place among lines that are not blank, from 0. */
  readonly withOrigins?: boolean
  /** The quarantine of malformed lines; without it they are only counted and left out. */
  readonly quarantine?: QuarantineStore
}

/** Stores malformed lines. */
export interface QuarantineStore {
  /** Provides a temporary path, for the first quarantined line. */
  readonly tempPath: () => Promise<string>
  /** Makes the file durable; returns its key, and its location for messages. */
  readonly save: (
    path: string,
    source: string,
  ) => Promise<{ readonly key: string; readonly location: string }>
}

type LandedRelation = Extract<Relation, { kind: "landed" }>

/** Creates a temporary relation of the valid lines of a source's files, and counts every line. */
export async function readLandedFiles(
  relation: LandedRelation,
  context: LandingContext,
): Promise<LineCount> {
  const { source } = relation
  const quarantine = openQuarantine(context.quarantine?.tempPath)
  const parsedFiles: ParsedFile[] = []
  for (const { files } of relation.partitions)
    parsedFiles.push(
      ...(await readPartition(relation, files, {
        context,
        quarantine,
        firstIndex: parsedFiles.length,
      })),
    )
  const savedQuarantine = await saveQuarantine(quarantine, source, context)
  const rows = await createRelation(relation, parsedFiles, context)
  const count = { ...countLines(source, parsedFiles, rows, quarantine), file: savedQuarantine?.key }
  requireAllLinesCounted(count)
  if (context.quarantine !== undefined)
    requireTolerable(count, source, quarantine, savedQuarantine?.location)
  return count
}

async function saveQuarantine(
  quarantine: Quarantine,
  source: SourceAsset,
  context: LandingContext,
) {
  const path = await quarantine.finish()
  return path === undefined ? undefined : await context.quarantine?.save(path, source.name)
}

async function readPartition(
  { name, source }: LandedRelation,
  files: readonly LandedFile[],
  options: {
    readonly context: LandingContext
    readonly quarantine: Quarantine
    readonly firstIndex: number
  },
): Promise<readonly ParsedFile[]> {
  const { context, quarantine, firstIndex } = options
  const { connection, partition, parser } = context
  const readFile = source.format.kind === "csv" ? readCsvFile : readJsonFile
  const parsedFiles: ParsedFile[] = []
  const sortedFiles = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const readNext = async (at: number): Promise<void> => {
    const file = sortedFiles[at]
    if (file === undefined) {
      await dropDuplicates(connection, source, parsedFiles, { partition, quarantine })
      return
    }
    await withUnpackedFile(
      file,
      await context.localPath(file),
      context.scratchFolder,
      async (path) => {
        const id = `${name} ${firstIndex + at}`
        const request = {
          connection,
          source,
          partition,
          file: file.path,
          path,
          id,
          quarantine,
          scratchFolder: context.scratchFolder,
          parser,
        }
        parsedFiles.push(await readOneFile(readFile, request))
        await readNext(at + 1) // a repeated line may be looked up in any file of the partition
      },
    )
  }
  await readNext(0)
  return parsedFiles
}

async function readOneFile(
  read: (request: ParseRequest) => Promise<ParsedFile>,
  request: ParseRequest,
): Promise<ParsedFile> {
  try {
    return await read(request)
  } catch (cause) {
    throw toEngineError(`${request.file} of the source \`${request.source.name}\``, cause)
  }
}

/** Creates the relation and returns its number of rows. */
async function createRelation(
  { name, source }: LandedRelation,
  files: readonly ParsedFile[],
  { connection, withOrigins = false }: Pick<LandingContext, "connection" | "withOrigins">,
): Promise<number> {
  const columns = formatColumnList(source.columns)
  const rows = files.flatMap(({ file, tables }) =>
    tables.map((table) => {
      const origins = `, ${quoteText(file)} AS " file", ${table.ordinal} AS " ordinal"`
      const condition = table.condition === undefined ? "" : ` WHERE ${table.condition}`
      return `SELECT ${columns}${withOrigins ? origins : ""} FROM ${table.name}${condition}`
    }),
  )
  const relation = quoteName(name)
  const query = rows.length === 0 ? buildEmptyQuery(source.columns) : rows.join(" UNION ALL ")
  const [row] = await connection.rows(`
    CREATE OR REPLACE TEMP VIEW ${relation} AS ${query};
    SELECT count(*)::DOUBLE AS rows FROM ${relation}`)
  return getNumberCell(row, "rows")
}

function countLines(
  source: SourceAsset,
  files: readonly ParsedFile[],
  rows: number,
  quarantine: Quarantine,
): Omit<LineCount, "file"> {
  return {
    source: source.name,
    lines: files.reduce((sum, part) => sum + part.lines, 0),
    rows,
    quarantined: quarantine.lines(),
    reasons: [...quarantine.reasons()]
      .map(([reason, lines]) => ({ reason, lines }))
      .toSorted((a, b) => b.lines - a.lines || (a.reason < b.reason ? -1 : 1)),
  }
}

function requireAllLinesCounted({ source, lines, rows, quarantined }: LineCount): void {
  if (lines === rows + quarantined) return
  throw new FreshetError(
    "input",
    `the lines of \`${source}\` do not add up: ${lines} lines, but ${rows} rows and ${quarantined} quarantined`,
  )
}

function requireTolerable(
  { lines, quarantined }: LineCount,
  { name, tolerance }: SourceAsset,
  quarantine: Quarantine,
  location: string | undefined,
): void {
  if (quarantined === 0 || quarantined <= tolerance * lines) return
  const sampleTexts = quarantine
    .samples()
    .map(({ file, line, reason }) => `${file}:${line} ${reason}`)
  throw new FreshetError(
    "input",
    `${quarantined} of ${lines} lines of \`${name}\` cannot be taken, more than the ${tolerance * 100}% that it tolerates: ${sampleTexts.join(", ")}${quarantined > sampleTexts.length ? ", …" : ""}`,
    location === undefined ? {} : { hint: `All of them, with reasons, are in ${location}.` },
  )
}
