import {
  type Asset,
  type Column,
  FreshetError,
  type PublicationTable,
  quoteName,
} from "@freshet/core"
import { getTableColumns, is } from "drizzle-orm"
import { getTableConfig, type PgColumn, PgTable } from "drizzle-orm/pg-core"

import { binaryColumn } from "./binary-column.ts"
import type { BinaryForm } from "./binary-rows.ts"

/** A published table as it is declared: where it is, its key, and the columns that an asset fills. */
export interface TargetTable {
  readonly asset: Asset
  /** Undefined: wherever the server finds the name, as Drizzle's queries have it. */
  readonly schema: string | undefined
  readonly name: string
  /** Names of the primary key's columns. */
  readonly key: readonly string[]
  readonly columns: readonly TargetColumn[]
  /** The column that says when a row last changed, if the table has one: `updated_at`. */
  readonly touched: string | undefined
}

/** One column that an asset fills. */
export interface TargetColumn {
  readonly name: string
  /** The declared type: `numeric(10, 2)`. */
  readonly type: string
  readonly form: BinaryForm
  /** What is selected from the stored rows: `CAST("weight" AS INTEGER)`. */
  readonly expression: string
}

/** The table's name as people write it: `stocktwits.user_recs`. */
export function tableLabel({ schema, name }: TargetTable): string {
  return schema === undefined ? name : `${schema}.${name}`
}

/** The table's name as SQL. */
export function tableSql({ schema, name }: TargetTable): string {
  return schema === undefined ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`
}

/** Reads where an asset's rows go from its declaration; throws FreshetError for what can never be published. */
export function targetTable({ asset, publish }: PublicationTable): TargetTable {
  const { table } = publish
  if (!is(table, PgTable)) throw unfit(asset, "it is published to something that is no table")
  const { schema, name, primaryKeys } = getTableConfig(table)
  const declared = getTableColumns(table)
  const single = Object.values(declared).filter((column) => column.primary)
  const key = (primaryKeys[0]?.columns ?? single).map((column) => column.name)
  if (key.length === 0) throw unfit(asset, `its table ${name} has no primary key`)
  const columns = Object.entries(asset.columns).map(([from, column]) =>
    targetColumn(asset, { from, column, to: declared[from] }),
  )
  const missing = key.find((part) => !columns.some((column) => column.name === part))
  if (missing !== undefined) throw unfit(asset, `it lacks ${missing}, of the key of ${name}`)
  const touched = Object.values(declared).find(
    (column) => column.name === "updated_at" && !columns.some(({ name }) => name === column.name),
  )
  return { asset, schema, name, key, columns, touched: touched?.name }
}

function targetColumn(
  asset: Asset,
  { from, column, to }: { from: string; column: Column; to: PgColumn | undefined },
): TargetColumn {
  if (to === undefined) throw unfit(asset, `its table has no column ${from}`)
  const type = to.getSQLType()
  const binary = binaryColumn(column, type, quoteName(from))
  if (binary === undefined)
    throw unfit(asset, `its column ${from}, ${column.type}, cannot be written to ${type}`)
  return { name: to.name, type, ...binary }
}

function unfit(asset: Asset, why: string): FreshetError {
  return new FreshetError("publish", `${asset.name} cannot be published: ${why}.`)
}
