import type { Asset, Column } from "@freshet/core"
import {
  type DeclaredTable,
  FreshetError,
  type Graph,
  listPublishedAssets,
  type Problem,
  type Publish,
  quoteName,
} from "@freshet/core/engine"
import { getTableColumns, is } from "drizzle-orm"
import { getTableConfig, type PgColumn, PgTable } from "drizzle-orm/pg-core"

import { toEnvironmentSchema } from "../environments/environment-name.ts"
import { findBinaryColumn } from "./binary-column.ts"
import type { BinaryForm } from "./binary-rows.ts"
import { isExactType } from "./exact-type.ts"
import { findPartitionColumn, type PartitionColumn } from "./partition-column.ts"

/** A published table as it is declared: where it is, its key, and the columns that an asset fills. */
export interface TargetTable {
  readonly asset: Asset
  /** Undefined if the server resolves the name, as in Drizzle's queries. */
  readonly schema: string | undefined
  readonly name: string
  /** Names of the primary key's columns. */
  readonly key: readonly string[]
  readonly columns: readonly TargetColumn[]
  /** The column with the partition; undefined for a table of one partition. */
  readonly partitionColumn: PartitionColumn | undefined
  /** The column with the time of a row's latest change, if the table has one: `updated_at`. */
  readonly updatedAtColumn: string | undefined
}

/** One column that an asset fills. */
export interface TargetColumn {
  readonly name: string
  /** The declared type: `numeric(10, 2)`. */
  readonly type: string
  /** The asset's column; undefined for the partition column. */
  readonly column?: Column
  readonly form: BinaryForm
  /** The expression over the stored rows: `CAST("weight" AS INTEGER)`; of the partition column, without the value of a partition. */
  readonly expression: string
}

/** Finds the name of an asset's published table; undefined if the asset is published to something that is no table. */
export function findTableName({ publish }: Pick<Asset, "publish">): string | undefined {
  if (!is(publish?.table, PgTable)) return undefined
  const { name, schema } = getTableConfig(publish.table)
  return formatTableName({ name, schema: findSchema(schema, publish) })
}

/** Finds the schema of a table: in an environment, a table without one is in that of `public`. */
function findSchema(
  schema: string | undefined,
  { environment }: Pick<Publish, "environment">,
): string | undefined {
  return environment === undefined ? schema : toEnvironmentSchema(schema ?? "public", environment)
}

/** Formats the table's name for messages and records: `stocktwits.user_recs`. */
export function formatTableName({ schema, name }: Pick<TargetTable, "schema" | "name">): string {
  return schema === undefined ? name : `${schema}.${name}`
}

/** Formats the table's name as SQL. */
export function quoteTable({ schema, name }: TargetTable): string {
  return schema === undefined ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`
}

/** Finds published assets whose declared tables cannot hold their rows exactly. */
export function findTargetProblems(graph: Graph): readonly Problem[] {
  return listPublishedAssets(graph).flatMap((asset) => {
    const { publish } = asset
    if (publish === undefined || !is(publish.table, PgTable)) return []
    try {
      toTargetTable({ asset, publish })
      return []
    } catch (error) {
      if (!(error instanceof FreshetError)) throw error
      return [{ kind: "published_table", asset: asset.name, message: error.message }]
    }
  })
}

/** Reads the target table from an asset's declaration; throws FreshetError if the asset cannot be published. */
export function toTargetTable({ asset, publish }: DeclaredTable): TargetTable {
  const { table } = publish
  if (!is(table, PgTable))
    throw createUnpublishableError(asset, "it is published to something that is no table")
  const { schema, name, primaryKeys } = getTableConfig(table)
  const tableColumns = getTableColumns(table)
  const keyColumns = Object.values(tableColumns).filter((column) => column.primary)
  const key = (primaryKeys[0]?.columns ?? keyColumns).map((column) => column.name)
  if (key.length === 0)
    throw createUnpublishableError(asset, `its table ${name} has no primary key`)
  const longName = [name, ...Object.values(tableColumns).map((column) => column.name)].find(
    (identifier) => Buffer.byteLength(identifier) > maxNameBytes,
  )
  if (longName !== undefined)
    throw createUnpublishableError(
      asset,
      `PostgreSQL cuts names after ${maxNameBytes} bytes, and ${longName} has ${Buffer.byteLength(longName)}`,
    )
  const partitionColumn = findPartitionColumn(asset)
  if (typeof partitionColumn === "string") throw createUnpublishableError(asset, partitionColumn)
  const assetColumns = Object.entries(asset.columns)
    .filter(([sourceName]) => sourceName !== publish.partitionColumn)
    .map(([sourceName, column]) =>
      toTargetColumn(asset, { sourceName, column, tableColumn: tableColumns[sourceName] }),
    )
  const columns = [...assetColumns, ...(partitionColumn === undefined ? [] : [partitionColumn])]
  const missing = key.find((part) => !columns.some((column) => column.name === part))
  if (missing !== undefined)
    throw createUnpublishableError(asset, `it lacks ${missing}, of the key of ${name}`)
  const updatedAtColumn = Object.values(tableColumns).find(
    (column) => column.name === "updated_at" && !columns.some(({ name }) => name === column.name),
  )
  return {
    asset,
    schema: findSchema(schema, publish),
    name,
    key,
    columns,
    partitionColumn,
    updatedAtColumn: updatedAtColumn?.name,
  }
}

/** The length from which PostgreSQL cuts the names of tables and columns. */
const maxNameBytes = 63

function toTargetColumn(
  asset: Asset,
  {
    sourceName,
    column,
    tableColumn,
  }: { sourceName: string; column: Column; tableColumn: PgColumn | undefined },
): TargetColumn {
  if (tableColumn === undefined)
    throw createUnpublishableError(asset, `its table has no column ${sourceName}`)
  const type = tableColumn.getSQLType()
  const binary = findBinaryColumn(column, type, quoteName(sourceName))
  if (binary === undefined || !isExactType(column, type))
    throw createUnpublishableError(
      asset,
      `its column ${sourceName}, ${column.type}, cannot be written to ${type}${binary === undefined ? "" : " exactly"}`,
    )
  return { name: tableColumn.name, type, column, ...binary }
}

function createUnpublishableError(asset: Asset, reason: string): FreshetError {
  return new FreshetError("publish", `${asset.name} cannot be published: ${reason}.`)
}
