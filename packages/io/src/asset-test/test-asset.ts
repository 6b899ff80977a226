import { tmpdir } from "node:os"
import { join } from "node:path"

import type { AnyAsset, Asset, Columns, Read, RowOf } from "@freshet/core"
import {
  findPartition,
  formatPartition,
  formatRelationName,
  formatSuggestion,
  FreshetError,
  type PartitionText,
  quoteName,
  renderSql,
  sharedRelation,
} from "@freshet/core/engine"

import { iterateRows, toBatch } from "../arrow/batch.ts"
import { toRecordBatches } from "../arrow/record-batches.ts"
import { collectColumns } from "../code/collect-columns.ts"
import { appendColumns, formatStagingColumns } from "../duckdb/append-columns.ts"
import { readChunks } from "../duckdb/chunks.ts"
import { toEngineError } from "../duckdb/engine-error.ts"
import { type Connection, openSession } from "../duckdb/session.ts"
import { completeRows, type TestRow, toRows } from "./test-rows.ts"

/** The input of a test: rows by the name of what the asset reads, and the key of the partition. */
export interface AssetTest {
  /** Upstream asset, or the name of a read with its window, → its rows. Reads without rows are empty. */
  readonly reads?: Readonly<Record<string, readonly TestRow[]>>
  /** Needed by partitioned assets: `2026-01-05`. */
  readonly partition?: string
}

/** One database for all tests of a process; it is loaded for the first of them. */
const session = openSession({
  memoryLimitMb: 512,
  threads: 1,
  spillFolder: join(tmpdir(), "freshet-asset-tests"),
  connections: 4,
})

/**
 * Computes one partition of an asset over rows in memory, and returns its rows sorted by their columns. The rows of
 * a read are those of its whole window. Checks do not run, and nothing is stored. Throws a FreshetError.
 */
export async function testAsset<N extends string, C extends Columns>(
  asset: Asset<N, C>,
  { reads = {}, partition }: AssetTest = {},
): Promise<readonly RowOf<C>[]> {
  const text = findPartitionText(asset, partition)
  const inputs = findInputs(asset, reads)
  return await session.withConnection(async (connection) => {
    for (const input of inputs) await createRelation(connection, input)
    const query = await prepareQuery(connection, asset, text, inputs)
    return (await readRows(connection, asset, query)) as readonly RowOf<C>[] // the columns are the asset's
  })
}

function findPartitionText(asset: Asset, key: string | undefined): PartitionText {
  const { partitions, name } = asset
  const index = findPartition(partitions, key ?? (partitions.kind === "none" ? "all" : ""))
  if (index !== undefined) return formatPartition(partitions, index)
  const message =
    key === undefined
      ? `${name} is partitioned: a test names the partition.`
      : `${key} is not a partition of ${name}.`
  throw new FreshetError("usage", message)
}

/** The rows of one read. */
interface TestInput {
  readonly name: string
  readonly relation: string
  readonly columns: Columns
  readonly rows: readonly TestRow[]
}

function findInputs(asset: Asset, rows: NonNullable<AssetTest["reads"]>): readonly TestInput[] {
  const reads = listNamedReads(asset)
  const names = reads.flatMap(([name, read]) => [
    name,
    formatRelationName(read),
    getAssetRead(asset, read).name,
  ])
  const unknownName = Object.keys(rows).find((name) => !names.includes(name))
  if (unknownName !== undefined)
    throw new FreshetError("usage", `${asset.name} does not read ${unknownName}.`, {
      hint: formatSuggestion(unknownName, names),
    })
  return reads.map(([name, read]) => {
    const upstream = getAssetRead(asset, read)
    const relation = formatRelationName(read)
    const inputRows = rows[name] ?? rows[relation] ?? rows[upstream.name] ?? []
    const { columns } = upstream
    return { name, relation, columns, rows: completeRows(upstream.name, columns, inputRows) }
  })
}

/** Lists the reads of a computation with their names in its code; a query has only the names of relations. */
function listNamedReads({ computation }: Asset): readonly (readonly [string, Read])[] {
  if (computation.kind === "code") return Object.entries(computation.upstream)
  return computation.reads.map((read) => [formatRelationName(read), read])
}

function getAssetRead(asset: Asset, read: Read): AnyAsset {
  return read.asset ?? asset
}

async function createRelation(
  connection: Connection,
  { relation, columns, rows }: TestInput,
): Promise<void> {
  const table = `rows of ${relation}`
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(table)} (${formatStagingColumns(columns)})`,
  )
  await appendColumns(connection, table, collectColumns({ name: relation, columns }, iterate(rows)))
  const view = `CREATE OR REPLACE TEMP VIEW ${quoteName(relation)} AS`
  await connection.run(`${view} SELECT ${formatCasts(columns)} FROM ${quoteName(table)}`)
}

async function* iterate<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items
}

function formatCasts(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, { type }]) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`)
    .join(", ")
}

/** Returns a query of the asset's rows; code runs first, and its rows are staged. */
async function prepareQuery(
  connection: Connection,
  asset: Asset,
  partition: PartitionText,
  inputs: readonly TestInput[],
): Promise<string> {
  const { computation } = asset
  if (computation.kind === "code") {
    const upstream = inputs.map(({ name, columns, rows }) => [name, toRows(columns, rows)] as const)
    const context = { partition: partition.key, signal: { aborted: false } }
    const outputRows = computation.compute(Object.fromEntries(upstream), context)
    await connection.run(`CREATE TEMP TABLE "made rows" (${formatStagingColumns(asset.columns)})`)
    await appendColumns(connection, "made rows", collectColumns(asset, outputRows))
    return `SELECT * FROM "made rows"`
  }
  const { shared, outputs } = computation
  if (shared !== undefined)
    await connection.run(
      `CREATE TEMP TABLE ${quoteName(sharedRelation)} AS ${renderSql(shared, partition)}`,
    )
  const query = outputs.find((output) => output.asset === asset.name)?.query
  if (query === undefined) throw new FreshetError("engine", `${asset.name} has no query`)
  return renderSql(query, partition)
}

async function readRows(
  connection: Connection,
  asset: Asset,
  query: string,
): Promise<readonly TestRow[]> {
  const rows: TestRow[] = []
  try {
    const result = await connection.native.stream(
      `SELECT ${formatCasts(asset.columns)} FROM (${query}) ORDER BY ALL`,
    )
    for await (const batch of toRecordBatches(asset.columns, readChunks(result)))
      rows.push(...iterateRows(toBatch(asset.columns, batch)))
  } catch (cause) {
    throw toEngineError(`\`${asset.name}\``, cause)
  }
  return rows
}
