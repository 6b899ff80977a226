import { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { isExactType } from "./exact-type.ts"
import { formatTableName, quoteTable, type TargetTable } from "./target-table.ts"

/** Compares the declared tables with the database; throws one FreshetError with every difference. */
export async function checkTargets(client: Client, targets: readonly TargetTable[]): Promise<void> {
  const databaseColumns = await readDatabaseColumns(client, targets)
  const problems = targets.flatMap((target, index) =>
    findTableProblems(
      target,
      databaseColumns.filter((column) => column.target === index),
    ),
  )
  if (problems.length === 0) return
  throw new FreshetError("publish", problems.join("\n"), {
    hint: "The tables in the database are not those that are declared: apply the migrations, then publish again.",
  })
}

interface DatabaseColumn {
  readonly target: number
  readonly column: string
  readonly is_table: boolean
  /** Null if the column does not exist. */
  readonly type: string | null
  readonly is_same: boolean
  readonly in_key: boolean
  /** The number of columns of the table's primary key. */
  readonly key_columns: number
}

const columnsQuery = `
  select
    w.target, w.column, k.oid is not null as is_table,
    format_type(a.atttypid, a.atttypmod) as type,
    coalesce(a.atttypid = to_regtype(w.type), false) as is_same,
    coalesce(a.attnum = any(i.indkey), false) as in_key,
    coalesce(i.indnkeyatts, 0) as key_columns
  from jsonb_to_recordset($1) as w(target int, name text, "column" text, type text)
  left join pg_class k on k.oid = to_regclass(w.name) and k.relkind in ('r', 'p')
  left join pg_attribute a
    on a.attrelid = k.oid and a.attname = w.column and a.attnum > 0 and not a.attisdropped
  left join pg_index i on i.indrelid = k.oid and i.indisprimary`

async function readDatabaseColumns(
  client: Client,
  targets: readonly TargetTable[],
): Promise<readonly DatabaseColumn[]> {
  const targetColumns = targets.flatMap((target, index) =>
    listWrittenColumns(target).map(({ name, type }) => {
      return { target: index, name: quoteTable(target), column: name, type }
    }),
  )
  const { rows } = await client.query<DatabaseColumn>(columnsQuery, [JSON.stringify(targetColumns)])
  return rows
}

function listWrittenColumns({
  columns,
  updatedAtColumn,
}: TargetTable): readonly { name: string; type: string }[] {
  if (updatedAtColumn === undefined) return columns
  return [...columns, { name: updatedAtColumn, type: "timestamp with time zone" }]
}

function findTableProblems(
  target: TargetTable,
  databaseColumns: readonly DatabaseColumn[],
): readonly string[] {
  const label = formatTableName(target)
  if (!databaseColumns.some((column) => column.is_table)) return [`There is no table ${label}.`]
  const columns = databaseColumns.flatMap((column) => findColumnProblems(target, column))
  return columns.length > 0 ? columns : findKeyProblems(target, databaseColumns)
}

function findColumnProblems(
  target: TargetTable,
  { column, type, is_same }: DatabaseColumn,
): string[] {
  const label = formatTableName(target)
  if (type === null) return [`The table ${label} has no column ${column}.`]
  const targetColumn = target.columns.find(({ name }) => name === column)
  if (targetColumn === undefined) return []
  const { column: assetColumn } = targetColumn
  if (is_same && assetColumn !== undefined && !isExactType(assetColumn, type))
    return [
      `The column ${column} of ${label} is ${type}, which does not hold ${assetColumn.type} exactly.`,
    ]
  if (is_same) return []
  return [`The column ${column} of ${label} is ${type}, declared ${targetColumn.type}.`]
}

function findKeyProblems(
  target: TargetTable,
  databaseColumns: readonly DatabaseColumn[],
): string[] {
  const databaseKey = databaseColumns.filter((column) => column.in_key).map(({ column }) => column)
  const isSame =
    databaseKey.length === target.key.length &&
    databaseColumns.every((column) => column.key_columns === target.key.length) &&
    target.key.every((part) => databaseKey.includes(part))
  if (isSame) return []
  return [`The primary key of ${formatTableName(target)} is not (${target.key.join(", ")}).`]
}
