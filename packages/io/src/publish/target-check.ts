import { type DeclaredTable, FreshetError, quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { isExactType } from "./exact-type.ts"
import { formatTableName, quoteTable, type TargetTable, toTargetTable } from "./target-table.ts"
import { type Connect, withConnection } from "./with-connection.ts"

/** Compares the declared tables with the database; throws one FreshetError with every difference and the SQL that removes it. */
export async function checkTargets(client: Client, targets: readonly TargetTable[]): Promise<void> {
  const databaseColumns = await readDatabaseColumns(client, targets)
  const problems = targets.flatMap((target, index) =>
    findTableProblems(
      target,
      databaseColumns.filter((column) => column.target === index),
    ),
  )
  if (problems.length === 0) return
  throw new FreshetError("publish", problems.map(({ message }) => message).join("\n"), {
    hint: createHint(problems),
  })
}

/** Names the migration before the SQL: a table that differs may be declared otherwise since its last migration. */
function createHint(problems: readonly TargetProblem[]): string {
  const statements = problems.flatMap(({ repair }) => repair ?? []).join(" ")
  const repair = `As the owner of the tables, run: ${statements}`
  if (problems.every(({ kind }) => kind === "rights")) return repair
  if (problems.every(({ kind }) => kind !== "missing"))
    return `If the declared tables changed, \`freshet migrate --generate\` writes the migration. If not, run as the owner of the tables: ${statements}`
  const migration = "`freshet migrate --generate` writes the migration of the declared tables."
  return statements === "" ? migration : `${migration} ${repair}`
}

/** Compares declared tables with the database, over a connection of its own. */
export async function checkTables(
  connect: Connect,
  tables: readonly DeclaredTable[],
): Promise<void> {
  if (tables.length === 0) return
  const targets = tables.map(toTargetTable)
  await withConnection(connect, (client) => checkTargets(client, targets))
}

/** A difference between a declared table and the database. */
interface TargetProblem {
  readonly kind: "missing" | "rights" | "different"
  readonly message: string
  /** The statement that removes the difference. */
  readonly repair?: string
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
  readonly key_name: string | null
  /** The rights on the table that the role lacks: `insert, delete`. */
  readonly lacking_rights: string | null
  readonly role: string
  /** The columns that no asset fills, have no default, and must not be null. */
  readonly unfilled: readonly string[]
}

const columnsQuery = `
  with targets as (
    select distinct w.target, w.name, k.oid, k.relnamespace
    from jsonb_to_recordset($1) as w(target int, name text, schema text, "table" text)
    left join pg_namespace n on n.nspname = w.schema
    left join pg_class k on k.relkind in ('r', 'p') and
      case when w.schema is null then k.oid = to_regclass(w.name)
        else k.relnamespace = n.oid and k.relname = w."table" end
  )
  select
    w.target, w.column, t.oid is not null as is_table, current_user::text as role,
    format_type(a.atttypid, a.atttypmod) as type,
    coalesce(a.atttypid = to_regtype(w.type), false) as is_same,
    coalesce(a.attnum = any(i.indkey), false) as in_key,
    coalesce(i.indnkeyatts, 0) as key_columns, c.conname as key_name,
    (
      select string_agg(name, ', ')
      from unnest(array['select', 'insert', 'update', 'delete']) as rights(name)
      where not has_schema_privilege(t.relnamespace, 'usage') or not has_table_privilege(t.oid, name)
    ) as lacking_rights,
    array(
      select u.attname::text from pg_attribute u
      where u.attrelid = t.oid and u.attnum > 0 and not u.attisdropped
        and u.attnotnull and not u.atthasdef and u.attidentity = ''
        and u.attname not in (
          select o.column from jsonb_to_recordset($1) as o(target int, "column" text)
          where o.target = w.target)
      order by u.attnum
    ) as unfilled
  from jsonb_to_recordset($1) as w(target int, "column" text, type text)
  join targets t on t.target = w.target
  left join pg_attribute a
    on a.attrelid = t.oid and a.attname = w.column and a.attnum > 0 and not a.attisdropped
  left join pg_index i on i.indrelid = t.oid and i.indisprimary
  left join pg_constraint c on c.conrelid = t.oid and c.contype = 'p'`

async function readDatabaseColumns(
  client: Client,
  targets: readonly TargetTable[],
): Promise<readonly DatabaseColumn[]> {
  const targetColumns = targets.flatMap((target, index) =>
    listWrittenColumns(target).map(({ name: column, type }) => {
      const { schema, name: table } = target
      return { target: index, name: quoteTable(target), schema, table, column, type }
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
): readonly TargetProblem[] {
  const [first] = databaseColumns
  if (first?.is_table !== true)
    return [{ kind: "missing", message: `There is no table ${formatTableName(target)}.` }]
  if (first.lacking_rights !== null) return [createRightsProblem(target, first)]
  const columns = databaseColumns.flatMap((column) => findColumnProblems(target, column))
  const unfilled = first.unfilled.map((column) => createUnfilledProblem(target, column))
  const problems = [...columns, ...unfilled]
  return problems.length > 0 ? problems : findKeyProblems(target, databaseColumns)
}

function createRightsProblem(
  target: TargetTable,
  { lacking_rights: rights, role }: DatabaseColumn,
): TargetProblem {
  const { schema } = target
  const usage =
    schema === undefined ? "" : `grant usage on schema ${quoteName(schema)} to ${quoteName(role)}; `
  return {
    kind: "rights",
    message: `The role ${role} may not ${rights ?? ""} rows of ${formatTableName(target)}.`,
    repair: `${usage}grant ${rights ?? ""} on ${quoteTable(target)} to ${quoteName(role)};`,
  }
}

function createUnfilledProblem(target: TargetTable, column: string): TargetProblem {
  return {
    kind: "different",
    message: `The column ${column} of ${formatTableName(target)} must not be null, has no default, and is not filled by ${target.asset.name}.`,
    repair: `alter table ${quoteTable(target)} alter column ${quoteName(column)} drop not null;`,
  }
}

function findColumnProblems(
  target: TargetTable,
  { column, type, is_same }: DatabaseColumn,
): readonly TargetProblem[] {
  const label = formatTableName(target)
  const [table, name] = [quoteTable(target), quoteName(column)]
  const writtenColumn = listWrittenColumns(target).find((written) => written.name === column)
  const declaredType = writtenColumn?.type ?? ""
  if (type === null)
    return [
      {
        kind: "different",
        message: `The table ${label} has no column ${column}.`,
        repair: `alter table ${table} add column ${name} ${declaredType};`,
      },
    ]
  const targetColumn = target.columns.find((declared) => declared.name === column)
  if (targetColumn === undefined) return []
  const repair = `alter table ${table} alter column ${name} type ${declaredType};`
  const { column: assetColumn } = targetColumn
  const words = `The column ${column} of ${label} is ${type}`
  if (!is_same)
    return [{ kind: "different", message: `${words}, declared ${declaredType}.`, repair }]
  if (assetColumn === undefined || isExactType(assetColumn, type)) return []
  return [
    {
      kind: "different",
      message: `${words}, which does not hold ${assetColumn.type} exactly.`,
      repair,
    },
  ]
}

function findKeyProblems(
  target: TargetTable,
  databaseColumns: readonly DatabaseColumn[],
): readonly TargetProblem[] {
  const databaseKey = databaseColumns.filter((column) => column.in_key).map(({ column }) => column)
  const isSame =
    databaseKey.length === target.key.length &&
    databaseColumns.every((column) => column.key_columns === target.key.length) &&
    target.key.every((part) => databaseKey.includes(part))
  if (isSame) return []
  const keyName = databaseColumns[0]?.key_name ?? null
  const drop = keyName === null ? "" : `drop constraint ${quoteName(keyName)}, `
  return [
    {
      kind: "different",
      message: `The primary key of ${formatTableName(target)} is not (${target.key.join(", ")}).`,
      repair: `alter table ${quoteTable(target)} ${drop}add primary key (${target.key.map(quoteName).join(", ")});`,
    },
  ]
}
