import type { DuckDBAppender } from "@duckdb/node-api"
import type { Asset, Batch, ColumnBatch, Columns, Rows } from "@freshet/core"
import {
  type CodeComputation,
  type ComputeRequest,
  formatRelationName,
  FreshetError,
  getErrorMessage,
  quoteName,
  type Relation,
} from "@freshet/core/engine"

import { toBatch, iterateRows } from "../arrow/batch.ts"
import { toRecordBatches } from "../arrow/record-batches.ts"
import { captureConsole } from "./capture-console.ts"
import { readChunks } from "./chunks.ts"
import type { EngineContext } from "./engine-context.ts"
import { toEngineError } from "./engine-error.ts"
import { iterateUntil } from "./iterate-until.ts"
import type { Connection } from "./session.ts"
import { formatColumnDefinitions, formatColumnList, formatPathList, quoteText } from "./sql-text.ts"
import { isValidValue } from "./valid-value.ts"

const outputTable = "made rows"

/** The maximum number of rows in a chunk. */
const chunkRows = 2048

/** Runs an asset's code over its upstreams' rows. Returns a query of its output on the same connection. */
export async function runCode(
  context: EngineContext,
  connection: Connection,
  request: ComputeRequest & { readonly computation: CodeComputation },
  tempPath: (suffix: string) => Promise<string>,
): Promise<string> {
  const [asset] = request.outputs
  if (asset === undefined) throw new FreshetError("engine", "a computation without an output")
  const upstream = await readUpstreamRows(context, connection, request, tempPath)
  await connection.run(
    `CREATE TEMP TABLE ${quoteName(outputTable)} (${formatTableColumns(asset.columns)})`,
  )
  const { log, timeout, signal = { aborted: false } } = context
  const compute = () =>
    request.computation.compute(upstream, { partition: request.partition.key, signal })
  try {
    const outputRows = log === undefined ? compute() : captureConsole(log, compute)
    const rows = timeout === undefined ? outputRows : iterateUntil(outputRows, timeout)
    await appendRows(connection, asset, rows)
  } catch (cause) {
    throw toCodeError(asset, cause)
  }
  return `SELECT * FROM ${quoteName(outputTable)}`
}

/** Formats the columns of the staging table: decimals are staged as text and converted when written. */
function formatTableColumns(columns: Columns): string {
  return formatColumnDefinitions(columns).replaceAll(/DECIMAL\(\d+,\d+\)/g, "VARCHAR")
}

function toCodeError(asset: Asset, cause: unknown): FreshetError {
  if (cause instanceof FreshetError) return cause
  const message = `the code of \`${asset.name}\` failed: ${getErrorMessage(cause)}`
  return new FreshetError("engine", message, { cause, isTransient: true })
}

/** Reads the rows of each upstream under its name in the code. */
async function readUpstreamRows(
  context: EngineContext,
  connection: Connection,
  { computation, relations }: ComputeRequest & { readonly computation: CodeComputation },
  tempPath: (suffix: string) => Promise<string>,
): Promise<Readonly<Record<string, Rows>>> {
  const rows: [string, Rows][] = []
  for (const [name, read] of Object.entries(computation.upstream)) {
    const relation = relations.find((candidate) => candidate.name === formatRelationName(read))
    if (relation === undefined)
      throw new FreshetError("engine", `\`${computation.name}\` lacks what it reads as ${name}`)
    const paths = await listPaths(context, connection, relation, tempPath)
    rows.push([name, createRows(context, getColumns(relation), paths)])
  }
  return Object.fromEntries(rows)
}

function getColumns(relation: Relation): Columns {
  return relation.kind === "stored" ? relation.columns : relation.source.columns
}

/** Returns Parquet files of the rows. Landed rows are first written to one, because another connection reads them. */
async function listPaths(
  { store }: EngineContext,
  connection: Connection,
  relation: Relation,
  tempPath: (suffix: string) => Promise<string>,
): Promise<readonly string[]> {
  if (relation.kind === "stored") return Promise.all(relation.files.map(store.localPath))
  const path = await tempPath(".parquet")
  await connection.run(
    `COPY (FROM ${quoteName(relation.name)}) TO ${quoteText(path)} (FORMAT parquet)`,
  )
  return [path]
}

function createRows(context: EngineContext, columns: Columns, paths: readonly string[]): Rows {
  const batches = () => readBatches(context, columns, paths)
  return {
    batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* iterateRows(batch)
    },
  }
}

/** Streams rows on a separate connection, so that code can read several upstreams concurrently. */
async function* readBatches(
  { session }: EngineContext,
  columns: Columns,
  paths: readonly string[],
): AsyncIterable<Batch> {
  if (paths.length === 0) return
  const { native, close: closeConnection } = await session.openConnection()
  try {
    const result = await native.stream(
      `SELECT ${formatColumnList(columns)} FROM read_parquet(${formatPathList(paths)})`,
    )
    for await (const batch of toRecordBatches(columns, readChunks(result)))
      yield toBatch(columns, batch)
  } catch (cause) {
    throw toEngineError("an upstream's rows", cause)
  } finally {
    closeConnection()
  }
}

type OutputRows = AsyncIterable<Readonly<Record<string, unknown>> | ColumnBatch>

async function appendRows(
  connection: Connection,
  asset: Asset,
  outputRows: OutputRows,
): Promise<void> {
  const appender = await connection.native.createAppender(outputTable, "main", "temp")
  const names = Object.keys(asset.columns)
  let pendingRows: Readonly<Record<string, unknown>>[] = []
  const flush = async (): Promise<void> => {
    const columns = names.map((name) => pendingRows.map((row) => row[name]))
    pendingRows = []
    await appendColumns(appender, asset, columns)
  }
  for await (const item of outputRows)
    if (isBatch(item)) {
      if (pendingRows.length > 0) await flush()
      await appendColumns(appender, asset, listBatchColumns(asset, item))
    } else {
      pendingRows.push(item)
      if (pendingRows.length === chunkRows) await flush()
    }
  if (pendingRows.length > 0) await flush()
  appender.closeSync()
}

function isBatch(item: Readonly<Record<string, unknown>> | ColumnBatch): item is ColumnBatch {
  return item["kind"] === "batch" && typeof item["columns"] === "object"
}

function listBatchColumns(asset: Asset, batch: ColumnBatch): readonly (readonly unknown[])[] {
  const valuesByColumn = new Map<string, ArrayLike<unknown>>(Object.entries(batch.columns))
  const columns = Object.keys(asset.columns).map((name) =>
    Array.from(valuesByColumn.get(name) ?? []),
  )
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
  const { DuckDBDataChunk, JSToDuckDBValueConverter } = (await import("@duckdb/node-api")).default
  Object.entries(asset.columns).forEach(([name, column], index) => {
    const invalidValue = columns[index]?.find(
      (value) => value === undefined || !isValidValue(column, value),
    )
    const isAbsent = columns[index]?.includes(undefined)
    if (invalidValue !== undefined || isAbsent === true)
      throw createInvalidValueError(asset, name, invalidValue)
  })
  const types = columns.map((_, index) => appender.columnType(index))
  const rows = columns[0]?.length ?? 0
  for (let start = 0; start < rows; start += chunkRows) {
    const slice = columns.map((values) => values.slice(start, start + chunkRows))
    const chunk = DuckDBDataChunk.create(types, slice[0]?.length ?? 0)
    chunk.setColumnsConverted(slice as never, JSToDuckDBValueConverter) // valueFits has checked every value
    appender.appendDataChunk(chunk)
  }
}

function createInvalidValueError(asset: Asset, name: string, value: unknown): FreshetError {
  const type = asset.columns[name]?.type
  const fault = value === undefined ? "gave a row without it" : `gave ${formatValue(value)}`
  return new FreshetError(
    "engine",
    `\`${asset.name}.${name}\` is declared ${type}, but the code ${fault}`,
  )
}

function formatValue(value: unknown): string {
  return `${typeof value} ${String(value).slice(0, 80)}`
}
