import {
  FreshetError,
  type LandedFile,
  type LineCount,
  quoteName,
  type Relation,
  type SourceAsset,
  type PartitionText,
} from "@freshet/core"

import { numberCell } from "../duckdb/cell.ts"
import { engineFailure } from "../duckdb/failure.ts"
import { columnList, noRowsOf } from "../duckdb/literal.ts"
import type { Connection } from "../duckdb/session.ts"
import { readCsvPart } from "./csv-part.ts"
import { dropDuplicates } from "./duplicates.ts"
import { readJsonPart } from "./json-part.ts"
import type { Part, PartRequest } from "./part.ts"
import { openQuarantine, type Quarantine } from "./quarantine.ts"
import { withPlainFile } from "./unpack.ts"

/** Where the files of a source lie, and where what cannot be taken goes. */
export interface LandingContext {
  readonly connection: Connection
  /** `YYYY-MM-DD`, for rules that mention it. */
  readonly partition: PartitionText
  readonly landedPath: (path: string) => string
  readonly scratchFolder: () => Promise<string>
  readonly judge: "quick" | "exact"
  /** Without it the lines that cannot be taken are counted and left out. */
  readonly quarantine?: QuarantineKeeper
}

/** Keeps the lines that cannot be taken. */
export interface QuarantineKeeper {
  /** Asked for when there is a line to set aside. */
  readonly tempPath: () => Promise<string>
  /** Makes the file durable; its key, and where a person finds it. */
  readonly keep: (
    path: string,
    source: string,
  ) => Promise<{ readonly key: string; readonly path: string }>
}

type Landed = Extract<Relation, { kind: "landed" }>

/** Makes a temporary relation of the good lines of a source's files, and accounts for every line. */
export async function readLanded(relation: Landed, context: LandingContext): Promise<LineCount> {
  const { source } = relation
  const quarantine = openQuarantine(context.quarantine?.tempPath)
  const parts: Part[] = []
  for (const { files } of relation.partitions)
    parts.push(
      ...(await readPartition(relation, files, { context, quarantine, first: parts.length })),
    )
  const kept = await keep(quarantine, source, context)
  const rows = await createRelation(relation, parts, context.connection)
  const count = { ...countLines(source, parts, rows, quarantine), file: kept?.key }
  refuseLoss(count)
  if (context.quarantine !== undefined) refuseIntolerable(count, source, quarantine, kept?.path)
  return count
}

async function keep(quarantine: Quarantine, source: SourceAsset, context: LandingContext) {
  const path = await quarantine.finish()
  return path === undefined ? undefined : await context.quarantine?.keep(path, source.name)
}

async function readPartition(
  { name, source }: Landed,
  files: readonly LandedFile[],
  reading: {
    readonly context: LandingContext
    readonly quarantine: Quarantine
    readonly first: number
  },
): Promise<readonly Part[]> {
  const { context, quarantine, first } = reading
  const { connection, partition, judge } = context
  const read = source.format.kind === "csv" ? readCsvPart : readJsonPart
  const parts: Part[] = []
  const inOrder = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const next = async (at: number): Promise<void> => {
    const file = inOrder[at]
    if (file === undefined) {
      await dropDuplicates(connection, source, parts, { partition, quarantine })
      return
    }
    await withPlainFile(
      file,
      context.landedPath(file.path),
      context.scratchFolder,
      async (path) => {
        const id = `${name} ${first + at}`
        const request = {
          connection,
          source,
          partition,
          file: file.path,
          path,
          id,
          quarantine,
          scratchFolder: context.scratchFolder,
          judge,
        }
        parts.push(await readOne(read, request))
        await next(at + 1) // a repeated line may be looked up in any file of the partition
      },
    )
  }
  await next(0)
  return parts
}

async function readOne(
  read: (request: PartRequest) => Promise<Part>,
  request: PartRequest,
): Promise<Part> {
  try {
    return await read(request)
  } catch (cause) {
    throw engineFailure(`${request.file} of the source \`${request.source.name}\``, cause)
  }
}

/** Gives the number of its rows. */
async function createRelation(
  { name, source }: Landed,
  parts: readonly Part[],
  connection: Connection,
): Promise<number> {
  const columns = columnList(source.columns)
  const tables = parts.flatMap((part) => part.tables)
  const rows = tables.map(
    (table) =>
      `SELECT ${columns} FROM ${table.name}${table.where === undefined ? "" : ` WHERE ${table.where}`}`,
  )
  const relation = quoteName(name)
  const query = rows.length === 0 ? noRowsOf(source.columns) : rows.join(" UNION ALL ")
  const [counted] = await connection.rows(`
    CREATE OR REPLACE TEMP VIEW ${relation} AS ${query};
    SELECT count(*)::DOUBLE AS rows FROM ${relation}`)
  return numberCell(counted, "rows")
}

function countLines(
  source: SourceAsset,
  parts: readonly Part[],
  rows: number,
  quarantine: Quarantine,
): Omit<LineCount, "file"> {
  return {
    source: source.name,
    lines: parts.reduce((sum, part) => sum + part.lines, 0),
    rows,
    quarantined: quarantine.lines(),
    reasons: [...quarantine.reasons()]
      .map(([reason, lines]) => ({ reason, lines }))
      .toSorted((a, b) => b.lines - a.lines || (a.reason < b.reason ? -1 : 1)),
  }
}

function refuseLoss({ source, lines, rows, quarantined }: LineCount): void {
  if (lines === rows + quarantined) return
  throw new FreshetError(
    "input",
    `the lines of \`${source}\` do not add up: ${lines} lines, but ${rows} rows and ${quarantined} quarantined`,
  )
}

function refuseIntolerable(
  { lines, quarantined }: LineCount,
  { name, tolerance }: SourceAsset,
  quarantine: Quarantine,
  path: string | undefined,
): void {
  if (quarantined === 0 || quarantined <= tolerance * lines) return
  const few = quarantine.first().map(({ file, line, reason }) => `${file}:${line} ${reason}`)
  throw new FreshetError(
    "input",
    `${quarantined} of ${lines} lines of \`${name}\` cannot be taken, more than the ${tolerance * 100}% that it tolerates: ${few.join(", ")}${quarantined > few.length ? ", …" : ""}`,
    path === undefined ? {} : { hint: `All of them, with reasons, are in ${path}.` },
  )
}
