import {
  bool,
  type Column,
  date,
  decimal,
  float64,
  int16,
  int32,
  int64,
  list,
  nullable,
  text,
  timestamp,
} from "@freshet/core"
import { getTableColumns } from "drizzle-orm"
import { PgArray, type PgColumn, type PgNumeric, type PgTable } from "drizzle-orm/pg-core"

/** The columns that Freshet writes itself when it publishes. */
type TimestampColumn = "created_at" | "updated_at"

type PublishedName<T extends PgTable> = Exclude<keyof T["$inferSelect"], TimestampColumn> & string

/** A table's columns in the form of an asset's columns. */
export type ColumnsFromTable<T extends PgTable> = {
  readonly [K in PublishedName<T>]: Column<T["$inferSelect"][K]>
}

/** Descriptions of some columns of a table for the data dictionary: a text, or a text and a unit. */
export type Descriptions<T extends PgTable> = {
  readonly [K in PublishedName<T>]?: string | readonly [description: string, unit: string]
}

/**
 * Converts the columns of a published table to an asset's columns, without `created_at` and `updated_at`.
 * Throws a TypeError for an unsupported type.
 */
export function columnsFromTable<T extends PgTable>(
  table: T,
  descriptions: Descriptions<T> = {},
): ColumnsFromTable<T> {
  const descriptionByName: Readonly<
    Record<string, string | readonly [string, string] | undefined>
  > = descriptions
  const published = Object.entries(getTableColumns(table)).filter(
    ([name]) => !isTimestampColumn(name),
  )
  return Object.fromEntries(
    published.map(([name, column]) => [
      name,
      describeColumn(toAssetColumn(column), descriptionByName[name]),
    ]),
  ) as ColumnsFromTable<T> // one asset column for each of the table's, by the kinds that $inferSelect maps
}

function isTimestampColumn(name: string): name is TimestampColumn {
  return name === "created_at" || name === "updated_at"
}

function describeColumn(
  column: Column,
  description: string | readonly [string, string] | undefined,
): Column {
  if (description === undefined) return column
  if (typeof description === "string") return { ...column, description }
  return { ...column, description: description[0], unit: description[1] }
}

function toAssetColumn(column: PgColumn): Column {
  const baseColumn = column instanceof PgArray ? toListColumn(column) : toPlainColumn(column)
  return column.notNull ? baseColumn : nullable(baseColumn)
}

function toListColumn(column: { readonly baseColumn: PgColumn }): Column {
  return list(toPlainColumn(column.baseColumn))
}

const columnConstructors: Readonly<Record<string, () => Column>> = {
  PgBoolean: bool,
  PgSmallInt: int16,
  PgInteger: int32,
  PgBigInt64: int64,
  PgDoublePrecision: float64,
  PgText: text,
  PgVarchar: text,
  PgDate: date,
}

function toPlainColumn(column: PgColumn): Column {
  const { columnType } = column
  if (columnType === "PgNumeric") return toDecimalColumn(column)
  if (columnType === "PgTimestamp" && column.getSQLType().endsWith("with time zone"))
    return timestamp()
  const declare = columnConstructors[columnType]
  if (declare === undefined)
    throw new TypeError(
      `an asset column cannot stand for "${column.name}", ${column.getSQLType()} (${columnType})`,
    )
  return declare()
}

function toDecimalColumn(column: PgColumn): Column {
  // columnType determines the class; the compiler does not infer it.
  const { precision, scale } = column as PgColumn &
    Pick<InstanceType<typeof PgNumeric>, "precision" | "scale">
  if (precision === undefined)
    throw new TypeError(`"${column.name}" needs a precision: numeric({ precision, scale })`)
  return decimal(precision, scale ?? 0)
}
