import { type Asset, type Column, date, text, timestamp } from "@freshet/core"
import { findPartition, formatPartition, isTimed, quoteName } from "@freshet/core/engine"
import { getTableColumns, is } from "drizzle-orm"
import { PgTable, type PgColumn } from "drizzle-orm/pg-core"

import { type BinaryColumn, findBinaryColumn } from "./binary-column.ts"

/** The column of a published table with the partition of its rows. */
export interface PartitionColumn extends BinaryColumn {
  readonly name: string
  /** The declared type: `date`. */
  readonly type: string
  /** Formats the value of a partition's rows as an SQL literal; undefined if the asset has no partition with this key. */
  readonly formatValue: (key: string) => string | undefined
  /** The expression over the stored rows of a partition; it fails for rows with another value. */
  readonly buildExpression: (key: string) => string
}

/** Finds the partition column of an asset's table; undefined for a table of one partition. A sentence says what is wrong with it. */
export function findPartitionColumn(asset: Asset): PartitionColumn | string | undefined {
  const { publish, partitions } = asset
  const { partitionColumn: sourceName, table } = publish ?? {}
  if (sourceName === undefined || !is(table, PgTable)) return undefined
  const tableColumn: PgColumn | undefined = getTableColumns(table)[sourceName]
  if (tableColumn === undefined) return `its table has no column ${sourceName}`
  const type = tableColumn.getSQLType()
  const kind = type.replace(/ *\([^)]*\)/, "")
  const format = formats.get(kind)
  if (format === undefined) return `its partition column ${sourceName} is ${type}`
  if (format.isTimed && !isTimed(partitions))
    return `its partition column ${sourceName} is ${type}, and its partitions are not of time`
  const formatValue = (key: string): string | undefined => {
    const partition = findPartition(partitions, key)
    if (partition === undefined) return undefined
    return quoteText(format.pick(formatPartition(partitions, partition)))
  }
  const column = asset.columns[sourceName]
  const buildExpression = (key: string): string => {
    const value = `CAST(${formatValue(key) ?? "NULL"} AS ${format.column.type})`
    const checked = column === undefined ? value : checkValue(sourceName, value, key)
    return findBinaryColumn(format.column, type, checked)?.expression ?? checked
  }
  const binary = findBinaryColumn(format.column, type, "partition")
  if (binary === undefined) return `its partition column ${sourceName} is ${type}`
  return { name: tableColumn.name, type, ...binary, formatValue, buildExpression }
}

/** The column's values by the table's type: the key, the first day or the start of the partition. */
const formats = new Map<string, PartitionFormat>([
  ["text", { column: text(), isTimed: false, pick: ({ key }) => key }],
  ["varchar", { column: text(), isTimed: false, pick: ({ key }) => key }],
  ["date", { column: date(), isTimed: true, pick: ({ day }) => day }],
  ["timestamp", { column: timestamp(), isTimed: true, pick: ({ start }) => start }],
  ["timestamp with time zone", { column: timestamp(), isTimed: true, pick: ({ start }) => start }],
])

interface PartitionFormat {
  readonly column: Column
  readonly isTimed: boolean
  readonly pick: (partition: ReturnType<typeof formatPartition>) => string
}

function checkValue(name: string, value: string, key: string): string {
  const message = quoteText(`rows of partition ${key} have another value of ${name}`)
  return `CASE WHEN ${quoteName(name)} IS NOT DISTINCT FROM ${value} THEN ${value} ELSE error(${message}) END`
}

function quoteText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
