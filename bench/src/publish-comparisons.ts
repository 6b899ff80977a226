import { copyRows, toTargetTable } from "@freshet/io"

import type { BenchTable } from "./publish-tables.ts"
import { type Edition, requestPublication, type Workbench } from "./publish-workbench.ts"

/** Prepares the tables, and returns the work to measure. */
export type PrepareWork = () => Promise<() => Promise<unknown> | void>

/** The same work by Freshet and by psql. */
export interface Comparison {
  readonly name: string
  /** The largest ratio of Freshet's time to that of psql, and of its WAL; none is set without a limit. */
  readonly limit?: number
  readonly walLimit?: number
  readonly freshet: PrepareWork
  readonly psql: PrepareWork
}

const textHeavyTables = ["messages"]

/** Lists the comparisons over a table of this many rows. */
export function listComparisons(
  bench: Workbench,
  table: BenchTable,
  rows: number,
): readonly Comparison[] {
  const createEdition = (edition: number) => bench.createEdition(table, rows, edition)
  return [
    compareCopy(bench, table, createEdition),
    compareFirstPublication(bench, table, createEdition),
    ...compareChanges(bench, table, createEdition),
  ]
}

type CreateEdition = (edition: number) => Promise<Edition>

/** COPY of Parquet and of a ready CSV file into a table without a key. */
function compareCopy(
  bench: Workbench,
  table: BenchTable,
  createEdition: CreateEdition,
): Comparison {
  const { client, readRows, psql } = bench
  return {
    name: `${table.name}: COPY`,
    limit: textHeavyTables.includes(table.name) ? 1 / 0.9 : 1 / 1.15,
    freshet: async () => {
      await createTable(bench, table, "")
      const { file } = await createEdition(0)
      const { columns, key } = toTargetTable(table)
      return () => copyRows(client, `bench.${table.name}`, columns, readRows(file, columns, key))
    },
    psql: async () => {
      await createTable(bench, table, "")
      const edition = await createEdition(0)
      return () => psql(formatCopy(table, table.name, edition))
    },
  }
}

/** The first publication of a table, and \\copy with the key added afterwards, in one transaction. */
function compareFirstPublication(
  bench: Workbench,
  table: BenchTable,
  createEdition: CreateEdition,
): Comparison {
  return {
    name: `${table.name}: first publication`,
    limit: 1,
    freshet: async () => {
      await createTable(bench, table, `, primary key (${table.key})`)
      const edition = await createEdition(0)
      return () => bench.publisher.publish(requestPublication(table, edition))
    },
    psql: async () => {
      await createTable(bench, table, "")
      const edition = await createEdition(0)
      const addKey = `alter table bench.${table.name} add primary key (${table.key})`
      return () => bench.psql(formatCopy(table, table.name, edition), addKey)
    },
  }
}

/**
 * The publication of an edition in which 2 % of the rows differ. After a checkpoint the first change of each page writes
 * the whole page to the WAL, however small the change is; later changes write only themselves.
 */
function compareChanges(
  bench: Workbench,
  table: BenchTable,
  createEdition: CreateEdition,
): readonly Comparison[] {
  const publishEditions = (editions: number) => async () => {
    await createTable(bench, table, `, primary key (${table.key})`)
    for (let edition = 0; edition < editions; edition++)
      await bench.publisher.publish(requestPublication(table, await createEdition(edition)))
    const edition = await createEdition(editions)
    return () => bench.publisher.publish(requestPublication(table, edition))
  }
  const swap = () => swapTable(bench, table, createEdition)
  const name = `${table.name}: 2 % changed`
  return [
    { name, limit: 0.5, walLimit: 0.25, freshet: publishEditions(2), psql: swap },
    { name: `${name} after a checkpoint`, freshet: publishEditions(1), psql: swap },
    {
      name: `${name} after a checkpoint, reload in place`,
      freshet: publishEditions(1),
      psql: () => reloadTable(bench, table, createEdition),
    },
  ]
}

/** A complete reload into a new table that takes the place of the old one. */
async function swapTable(
  bench: Workbench,
  table: BenchTable,
  createEdition: CreateEdition,
): ReturnType<PrepareWork> {
  const { name, definition, key } = table
  const next = `${name}_next`
  await createTable(bench, table, "")
  const edition = await createEdition(1)
  // In a transaction of its own: a table that is created in the transaction of the load is not in the WAL.
  bench.psql(`drop table if exists bench.${next}`)
  bench.psql(`create table bench.${next} (${definition})`)
  return () =>
    bench.psql(
      formatCopy(table, next, edition),
      `alter table bench.${next} add primary key (${key})`,
      `drop table bench.${name}`,
      `alter table bench.${next} rename to ${name}`,
    )
}

/** A complete reload of the table itself, which keeps its views, rights and references, and the rows of older snapshots. */
async function reloadTable(
  bench: Workbench,
  table: BenchTable,
  createEdition: CreateEdition,
): ReturnType<PrepareWork> {
  await createTable(bench, table, `, primary key (${table.key})`)
  await bench.publisher.publish(requestPublication(table, await createEdition(0)))
  const edition = await createEdition(1)
  return () => bench.psql(`delete from bench.${table.name}`, formatCopy(table, table.name, edition))
}

/** Creates the table without rows and without records of publications. */
async function createTable(
  { client }: Workbench,
  { name, definition }: BenchTable,
  key: string,
): Promise<void> {
  await client.query(
    `drop table if exists bench.${name}; create table bench.${name} (${definition}${key});
    truncate freshet.published_partitions`,
  )
}

function formatCopy(table: BenchTable, into: string, { csv }: Edition): string {
  const names = toTargetTable(table).columns.map(({ name }) => name)
  return `\\copy bench.${into} (${names.join(", ")}) from '${csv}' (format csv)`
}
