import type { DuckDBAppender } from "@duckdb/node-api"
import {
  type Asset,
  type Batch,
  type CodeComputation,
  type ColumnBatch,
  type Columns,
  type ComputeRequest,
  FreshetError,
  quoteName,
  type Relation,
  relationName,
  type Rows,
} from "@freshet/core"

import { batchOf, rowsOfBatch } from "../arrow/column-values.ts"
import { recordBatches } from "../arrow/record-batches.ts"
import { chunksOf } from "./chunks.ts"
import { engineFailure } from "./failure.ts"
import { columnDefinitions, columnList, pathList, textLiteral } from "./literal.ts"
import type { Connection } from "./session.ts"
import { valueFits } from "./value-fits.ts"
import type { Workshop } from "./workshop.ts"

const madeRows = "made rows"

/** The most rows that the engine takes in one chunk. */
const chunkRows = 2048

/** Runs an asset's code over its upstreams' rows. Gives the query of what it made, on the connection that was lent. */
export async function runCode(
  workshop: Workshop,
  connection: Connection,
  request: ComputeRequest & { readonly computation: CodeComputation },
  tempPath: (suffix: string) => Promise<string>,
): Promise<string> {
  const [asset] = request.outputs
  if (asset === undefined) throw new FreshetError("engine", "a computation without an output")
  const upstream = await upstreamRows(workshop, connection, request, tempPath)
  await connection.run(`CREATE TEMP TABLE ${quoteName(madeRows)} (${heldColumns(asset.columns)})`)
  const signal = workshop.signal ?? { aborted: false }
  try {
    const made = request.computation.compute(upstream, { partition: request.partition.key, signal })
    await append(connection, asset, made)
  } catch (cause) {
    throw codeFailure(asset, cause)
  }
  return `SELECT * FROM ${quoteName(madeRows)}`
}

/** Decimals are held as the text that code gives, and become numbers when they are written. */
function heldColumns(columns: Columns): string {
  return columnDefinitions(columns).replaceAll(/DECIMAL\(\d+,\d+\)/g, "VARCHAR")
}

function codeFailure(asset: Asset, cause: unknown): FreshetError {
  if (cause instanceof FreshetError) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  return new FreshetError("engine", `the code of \`${asset.name}\` failed: ${said}`, { cause })
}

/** The rows of each upstream under the name that the code gave it. */
async function upstreamRows(
  workshop: Workshop,
  connection: Connection,
  { computation, relations }: ComputeRequest & { readonly computation: CodeComputation },
  tempPath: (suffix: string) => Promise<string>,
): Promise<Readonly<Record<string, Rows>>> {
  const rows: [string, Rows][] = []
  for (const [name, read] of Object.entries(computation.upstream)) {
    const relation = relations.find((each) => each.name === relationName(read))
    if (relation === undefined)
      throw new FreshetError("engine", `\`${computation.name}\` lacks what it reads as ${name}`)
    const paths = await pathsOf(workshop, connection, relation, tempPath)
    rows.push([name, rowsIn(workshop, columnsOf(relation), paths)])
  }
  return Object.fromEntries(rows)
}

function columnsOf(relation: Relation): Columns {
  return relation.kind === "stored" ? relation.columns : relation.source.columns
}

/** Files of rows; what was landed is first written as one, since another connection will read it. */
async function pathsOf(
  { store }: Workshop,
  connection: Connection,
  relation: Relation,
  tempPath: (suffix: string) => Promise<string>,
): Promise<readonly string[]> {
  if (relation.kind === "stored") return relation.files.map((file) => store.path(file))
  const path = await tempPath(".parquet")
  await connection.run(
    `COPY (FROM ${quoteName(relation.name)}) TO ${textLiteral(path)} (FORMAT parquet)`,
  )
  return [path]
}

function rowsIn(workshop: Workshop, columns: Columns, paths: readonly string[]): Rows {
  const batches = () => readBatches(workshop, columns, paths)
  return {
    batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* rowsOfBatch(batch)
    },
  }
}

/** On a connection of its own, so that code may read several upstreams side by side. */
async function* readBatches(
  { session }: Workshop,
  columns: Columns,
  paths: readonly string[],
): AsyncIterable<Batch> {
  if (paths.length === 0) return
  const { native, giveBack } = await session.borrow()
  try {
    const result = await native.stream(
      `SELECT ${columnList(columns)} FROM read_parquet(${pathList(paths)})`,
    )
    for await (const batch of recordBatches(columns, chunksOf(result)))
      yield batchOf(columns, batch)
  } catch (cause) {
    throw engineFailure("an upstream's rows", cause)
  } finally {
    giveBack()
  }
}

type Made = AsyncIterable<Readonly<Record<string, unknown>> | ColumnBatch>

async function append(connection: Connection, asset: Asset, made: Made): Promise<void> {
  const appender = await connection.native.createAppender(madeRows, "main", "temp")
  const names = Object.keys(asset.columns)
  let held: Readonly<Record<string, unknown>>[] = []
  const flush = async (): Promise<void> => {
    const columns = names.map((name) => held.map((row) => row[name]))
    held = []
    await appendColumns(appender, asset, columns)
  }
  for await (const given of made)
    if (isBatch(given)) {
      if (held.length > 0) await flush()
      await appendColumns(appender, asset, batchColumns(asset, given))
    } else {
      held.push(given)
      if (held.length === chunkRows) await flush()
    }
  if (held.length > 0) await flush()
  appender.closeSync()
}

function isBatch(given: Readonly<Record<string, unknown>> | ColumnBatch): given is ColumnBatch {
  return given["kind"] === "batch" && typeof given["columns"] === "object"
}

function batchColumns(asset: Asset, batch: ColumnBatch): readonly (readonly unknown[])[] {
  const given = new Map<string, ArrayLike<unknown>>(Object.entries(batch.columns))
  const columns = Object.keys(asset.columns).map((name) => Array.from(given.get(name) ?? []))
  const lengths = new Set(columns.map((values) => values.length))
  if (lengths.size > 1)
    throw new FreshetError(
      "engine",
      `the code of \`${asset.name}\` gave a batch whose columns have ${[...lengths].join(" and ")} values`,
    )
  return columns
}

async function appendColumns(
  appender: DuckDBAppender,
  asset: Asset,
  columns: readonly (readonly unknown[])[],
): Promise<void> {
  const { DuckDBDataChunk, JSToDuckDBValueConverter } = await import("./api.ts")
  Object.entries(asset.columns).forEach(([name, column], index) => {
    const misfit = columns[index]?.find((value) => value === undefined || !valueFits(column, value))
    const isAbsent = columns[index]?.includes(undefined)
    if (misfit !== undefined || isAbsent === true) throw misfitError(asset, name, misfit)
  })
  const types = columns.map((_, index) => appender.columnType(index))
  const rows = columns[0]?.length ?? 0
  for (let start = 0; start < rows; start += chunkRows) {
    const part = columns.map((values) => values.slice(start, start + chunkRows))
    const chunk = DuckDBDataChunk.create(types, part[0]?.length ?? 0)
    chunk.setColumnsConverted(part as never, JSToDuckDBValueConverter) // valueFits has seen every value
    appender.appendDataChunk(chunk)
  }
}

function misfitError(asset: Asset, name: string, value: unknown): FreshetError {
  const type = asset.columns[name]?.type
  const what = value === undefined ? "gave a row without it" : `gave ${shown(value)}`
  return new FreshetError(
    "engine",
    `\`${asset.name}.${name}\` is declared ${type}, but the code ${what}`,
  )
}

function shown(value: unknown): string {
  return `${typeof value} ${String(value).slice(0, 80)}`
}
