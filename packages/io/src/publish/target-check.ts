import { FreshetError } from "@freshet/core"
import type { Client } from "pg"

import { tableLabel, tableSql, type TargetTable } from "./target-table.ts"

/** Compares the declared tables with those of the database; throws one FreshetError that names every difference. */
export async function checkTargets(client: Client, targets: readonly TargetTable[]): Promise<void> {
  const found = await findColumns(client, targets)
  const problems = targets.flatMap((target, index) =>
    tableProblems(
      target,
      found.filter((column) => column.target === index),
    ),
  )
  if (problems.length === 0) return
  throw new FreshetError("publish", problems.join("\n"), {
    hint: "The tables in the database are not those that are declared: apply the migrations, then publish again.",
  })
}

interface FoundColumn {
  readonly target: number
  readonly column: string
  readonly is_table: boolean
  /** Null: there is no such column. */
  readonly type: string | null
  readonly is_same: boolean
  readonly in_key: boolean
  /** How many columns the table's primary key has. */
  readonly key_columns: number
}

const findColumnsSql = `
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

async function findColumns(
  client: Client,
  targets: readonly TargetTable[],
): Promise<readonly FoundColumn[]> {
  const wanted = targets.flatMap((target, index) =>
    writtenColumns(target).map(({ name, type }) => {
      return { target: index, name: tableSql(target), column: name, type }
    }),
  )
  const { rows } = await client.query<FoundColumn>(findColumnsSql, [JSON.stringify(wanted)])
  return rows
}

function writtenColumns({
  columns,
  touched,
}: TargetTable): readonly { name: string; type: string }[] {
  if (touched === undefined) return columns
  return [...columns, { name: touched, type: "timestamp with time zone" }]
}

function tableProblems(target: TargetTable, found: readonly FoundColumn[]): readonly string[] {
  const label = tableLabel(target)
  if (!found.some((column) => column.is_table)) return [`There is no table ${label}.`]
  const columns = found.flatMap((column) => columnProblems(target, column))
  return columns.length > 0 ? columns : keyProblems(target, found)
}

function columnProblems(target: TargetTable, { column, type, is_same }: FoundColumn): string[] {
  const label = tableLabel(target)
  if (type === null) return [`The table ${label} has no column ${column}.`]
  const declared = target.columns.find(({ name }) => name === column)
  if (is_same || declared === undefined) return []
  return [`The column ${column} of ${label} is ${type}, declared ${declared.type}.`]
}

function keyProblems(target: TargetTable, found: readonly FoundColumn[]): string[] {
  const real = found.filter((column) => column.in_key).map(({ column }) => column)
  const isSame =
    real.length === target.key.length &&
    found.every((column) => column.key_columns === target.key.length) &&
    target.key.every((part) => real.includes(part))
  if (isSame) return []
  return [`The primary key of ${tableLabel(target)} is not (${target.key.join(", ")}).`]
}
