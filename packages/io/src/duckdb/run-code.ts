import type { Asset, Columns, Rows } from "@freshet/core"
import {
  type CodeComputation,
  type ComputeRequest,
  formatRelationName,
  FreshetError,
  getErrorMessage,
  quoteName,
  type Relation,
} from "@freshet/core/engine"
import type { RecordBatch } from "apache-arrow"

import { toBatch, iterateRows } from "../arrow/batch.ts"
import { toRecordBatches } from "../arrow/record-batches.ts"
import { captureConsole } from "../code/capture-console.ts"
import { collectColumns } from "../code/collect-columns.ts"
import { computeInProcess } from "../code/compute-in-process.ts"
import { iterateUntil } from "../code/iterate-until.ts"
import type { ColumnValueLists } from "../code/messages.ts"
import { appendColumns, formatStagingColumns } from "./append-columns.ts"
import { readChunks } from "./chunks.ts"
import type { EngineContext } from "./engine-context.ts"
import { toEngineError } from "./engine-error.ts"
import type { Connection } from "./session.ts"
import { formatColumnList, formatPathList, quoteText } from "./sql-text.ts"

const outputTable = "made rows"

/** A request to compute an asset by code. */
type CodeRequest = ComputeRequest & { readonly computation: CodeComputation }

/** Runs an asset's code over its upstreams' rows. Returns a query of its output on the same connection. */
export async function runCode(
  context: EngineContext,
  connection: Connection,
  request: CodeRequest,
  tempPath: (suffix: string) => Promise<string>,
): Promise<string> {
  const [asset] = request.outputs
  if (asset === undefined) throw new FreshetError("engine", "a computation without an output")
  const inputs = await findInputs(context, connection, request, tempPath)
  await connection.run(
    `CREATE TEMP TABLE ${quoteName(outputTable)} (${formatStagingColumns(asset.columns)})`,
  )
  const columns =
    context.codeProcesses === undefined
      ? computeHere(context, request, asset, inputs)
      : computeInProcess(context.codeProcesses, {
          computation: request.computation.name,
          version: request.computation.version,
          memoryMb: request.computation.execution.memoryMb,
          partition: request.partition.key,
          openInput: (name) => readInput(context, inputs.get(name)),
          log: context.log ?? (() => {}),
          signal: context.signal,
        })
  try {
    await appendColumns(connection, outputTable, columns)
  } catch (cause) {
    throw toCodeError(asset, cause)
  }
  return `SELECT * FROM ${quoteName(outputTable)}`
}

/** Runs the code in this process: it was declared without a file that another process could load. */
function computeHere(
  context: EngineContext,
  { computation, partition }: CodeRequest,
  asset: Asset,
  inputs: ReadonlyMap<string, Input>,
): AsyncIterable<ColumnValueLists> {
  const { log, timeout, signal = { aborted: false } } = context
  const rows = [...inputs].map(([name, input]) => [name, createRows(context, input)] as const)
  const compute = () =>
    computation.compute(Object.fromEntries(rows), { partition: partition.key, signal })
  const outputRows = log === undefined ? compute() : captureConsole(log, compute)
  const limitedRows = timeout === undefined ? outputRows : iterateUntil(outputRows, timeout)
  return collectColumns(asset, limitedRows)
}

function toCodeError(asset: Asset, cause: unknown): FreshetError {
  if (cause instanceof FreshetError) return cause
  const message = `the code of \`${asset.name}\` failed: ${getErrorMessage(cause)}`
  return new FreshetError("engine", message, { cause, isTransient: true })
}

/** The rows of an upstream in Parquet files. */
interface Input {
  readonly columns: Columns
  readonly paths: readonly string[]
}

/** Finds the rows of each upstream by its name in the code. */
async function findInputs(
  context: EngineContext,
  connection: Connection,
  { computation, relations }: CodeRequest,
  tempPath: (suffix: string) => Promise<string>,
): Promise<ReadonlyMap<string, Input>> {
  const inputs = new Map<string, Input>()
  for (const [name, read] of Object.entries(computation.upstream)) {
    const relation = relations.find((candidate) => candidate.name === formatRelationName(read))
    if (relation === undefined)
      throw new FreshetError("engine", `\`${computation.name}\` lacks what it reads as ${name}`)
    const paths = await listPaths(context, connection, relation, tempPath)
    inputs.set(name, { columns: getColumns(relation), paths })
  }
  return inputs
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

function createRows(context: EngineContext, input: Input): Rows {
  async function* batches() {
    for await (const batch of readInput(context, input)) yield toBatch(input.columns, batch)
  }
  return {
    batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* iterateRows(batch)
    },
  }
}

/** Streams rows on a separate connection, so that code can read several upstreams concurrently. */
async function* readInput(
  { session }: EngineContext,
  input: Input | undefined,
): AsyncGenerator<RecordBatch> {
  if (input === undefined || input.paths.length === 0) return
  const { columns, paths } = input
  const { native, close: closeConnection } = await session.openConnection()
  try {
    const result = await native.stream(
      `SELECT ${formatColumnList(columns)} FROM read_parquet(${formatPathList(paths)})`,
    )
    yield* toRecordBatches(columns, readChunks(result))
  } catch (cause) {
    throw toEngineError("an upstream's rows", cause)
  } finally {
    closeConnection()
  }
}
