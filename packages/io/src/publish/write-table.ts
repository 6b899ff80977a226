import type { DuckDBDataChunk } from "@duckdb/node-api"
import { quoteName, type TableChange } from "@freshet/core"
import type { Client } from "pg"

import { copyRows } from "./copy-rows.ts"
import { duplicateKeyError } from "./duplicate-key.ts"
import { loadEmpty } from "./load-empty.ts"
import { tableLabel, tableSql, type TargetTable } from "./target-table.ts"

/** Rows in the order of the table's key. */
type Chunks = AsyncIterable<DuckDBDataChunk>

/** Makes a table hold exactly these rows, within the client's transaction; only rows that differ are written. */
export async function writeTable(
  client: Client,
  target: TargetTable,
  chunks: Chunks,
): Promise<TableChange> {
  const held = await countRows(client, tableSql(target))
  const counts =
    held > 0
      ? await writeDifference(client, target, chunks, held)
      : await writeAll(client, target, chunks)
  return { asset: target.asset.name, table: tableLabel(target), ...counts }
}

async function countRows(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from ${table}`)
  return Number(rows[0]?.rows)
}

type Counts = Pick<TableChange, "inserted" | "updated" | "deleted" | "rows">

async function writeAll(client: Client, target: TargetTable, chunks: Chunks): Promise<Counts> {
  const load = () => copyRows(client, tableSql(target), target.columns, chunks)
  const rows = await loadEmpty(client, target, load)
  return { inserted: rows, updated: 0, deleted: 0, rows }
}

async function writeDifference(
  client: Client,
  target: TargetTable,
  chunks: Chunks,
  held: number,
): Promise<Counts> {
  await client.query(createStage(target))
  const rows = await copyRows(client, stage, target.columns, chunks)
  await client.query(collectDifference(target))
  await client.query(`analyze ${difference}`)
  const deleted = await changeRows(client, deleteGone(target))
  const updated = await changeRows(client, updateChanged(target))
  const inserted = await changeRows(client, insertNew(target))
  // A key that is staged twice and held once is neither new nor gone: only the count betrays it.
  if (held - deleted + inserted !== rows) throw await duplicateKeyError(client, target, stage)
  await client.query(`drop table ${stage}, ${difference}`)
  return { inserted, updated, deleted, rows }
}

async function changeRows(client: Client, statement: string): Promise<number> {
  return (await client.query(statement)).rowCount ?? 0
}

const stage = "pg_temp.freshet_stage"
const difference = "pg_temp.freshet_difference"

/** Takes types and collations from the table itself. A null key would look like a row that is gone. */
function createStage(target: TargetTable): string {
  const notNull = target.key.map((part) => `alter column ${quoteName(part)} set not null`)
  return `
    create temp table freshet_stage on commit drop as
      select ${columnNames(target)} from ${tableSql(target)} with no data;
    alter table ${stage} ${notNull.join(", ")}`
}

/** One pass over both tables: the old rows that are gone, and the new ones that are new or changed. */
function collectDifference(target: TargetTable): string {
  const [first = ""] = target.key.map(quoteName)
  const isChanged = values(target).map((name) => `s.${name} is distinct from t.${name}`)
  const differs = [`s.${first} is null`, `t.${first} is null`, ...isChanged]
  const selected = target.columns.map(({ name }) =>
    target.key.includes(name)
      ? `coalesce(s.${quoteName(name)}, t.${quoteName(name)}) as ${quoteName(name)}`
      : `s.${quoteName(name)}`,
  )
  return `
    create temp table freshet_difference on commit drop as
    select
      case when s.${first} is null then 'gone' when t.${first} is null then 'new' else 'changed' end
        as freshet_kind,
      ${selected.join(", ")}
    from ${stage} s
    full join ${tableSql(target)} t on ${isSameKey(target, "s")}
    where ${differs.join(" or ")}`
}

function deleteGone(target: TargetTable): string {
  return `
    delete from ${tableSql(target)} t using ${difference} d
    where d.freshet_kind = 'gone' and ${isSameKey(target, "d")}`
}

function updateChanged(target: TargetTable): string {
  const assigned = values(target).map((name) => `${name} = d.${name}`)
  if (assigned.length === 0) return "select where false"
  if (target.touched !== undefined) assigned.push(`${quoteName(target.touched)} = now()`)
  return `
    update ${tableSql(target)} t set ${assigned.join(", ")} from ${difference} d
    where d.freshet_kind = 'changed' and ${isSameKey(target, "d")}`
}

function insertNew(target: TargetTable): string {
  const names = columnNames(target)
  return `
    insert into ${tableSql(target)} (${names})
    select ${names} from ${difference} where freshet_kind = 'new'`
}

function columnNames({ columns }: TargetTable): string {
  return columns.map(({ name }) => quoteName(name)).join(", ")
}

/** The quoted columns outside the key. */
function values({ columns, key }: TargetTable): readonly string[] {
  return columns.filter(({ name }) => !key.includes(name)).map(({ name }) => quoteName(name))
}

function isSameKey({ key }: TargetTable, other: string): string {
  return key
    .map(quoteName)
    .map((name) => `${other}.${name} = t.${name}`)
    .join(" and ")
}
