import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { quoteTable, type TargetTable } from "./target-table.ts"

/**
 * Loads an empty table and adds its primary key afterwards, which takes half the time of maintaining it row
 * by row. The key stays in place if anything depends on it or a session uses the table: readers never make a
 * publish wait.
 */
export async function loadEmptyTable(
  client: Client,
  target: TargetTable,
  load: () => Promise<number>,
): Promise<number> {
  const key = await findPlainKey(client, target)
  if (key === undefined || !(await dropKey(client, target, key))) return load()
  const rows = await load()
  await client.query(
    `alter table ${quoteTable(target)} add ${buildKeyConstraint(key)} ${key.definition}`,
  )
  return rows
}

interface PlainKey {
  readonly name: string
  /** The definition: `PRIMARY KEY (user_id, rec_id)`. */
  readonly definition: string
}

/** Finds the primary key if its definition describes it completely: no storage options, no comment, no other role. A table with a deferrable constraint has pending checks after its load, and keeps its key. */
async function findPlainKey(client: Client, target: TargetTable): Promise<PlainKey | undefined> {
  const { rows } = await client.query<PlainKey>(
    `select c.conname as name, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    join pg_index i on i.indexrelid = c.conindid and not i.indisreplident and not i.indisclustered
    join pg_class k on k.oid = c.conindid and k.reloptions is null and k.reltablespace = 0
    join pg_class t on t.oid = c.conrelid and t.relkind = 'r' and not t.relispartition
    where c.conrelid = to_regclass($1) and c.contype = 'p'
      and not exists (select from pg_constraint d where d.conrelid = t.oid and d.condeferrable)
      and obj_description(c.oid, 'pg_constraint') is null
      and not exists (select from pg_inherits h where h.inhparent = t.oid or h.inhrelid = t.oid)`,
    [quoteTable(target)],
  )
  return rows[0]
}

/**
 * Drops the key. Returns false without a change if a session uses the table, something depends on the key, or
 * another role owns the table.
 */
async function dropKey(client: Client, target: TargetTable, key: PlainKey): Promise<boolean> {
  const table = quoteTable(target)
  await client.query("savepoint keyed")
  try {
    await client.query(`lock table ${table} in access exclusive mode nowait`)
    await client.query(`alter table ${table} drop ${buildKeyConstraint(key)}`)
    await replaceFile(client, table)
    await client.query("release savepoint keyed")
    return true
  } catch {
    await client.query("rollback to savepoint keyed")
    await client.query("release savepoint keyed")
    return false
  }
}

/**
 * Replaces the file of the locked table, so that its load is not written to a minimal WAL. A table with a file of no
 * bytes has no rows in any snapshot.
 */
async function replaceFile(client: Client, table: string): Promise<void> {
  const { rows } = await client.query<{ isReplaceable: boolean }>(
    `select current_setting('wal_level') = 'minimal' and pg_relation_size($1::regclass) = 0
      and not exists (select from pg_trigger where tgrelid = $1::regclass) as "isReplaceable"`,
    [table],
  )
  if (rows[0]?.isReplaceable === true) await client.query(`truncate ${table}`)
}

function buildKeyConstraint({ name }: PlainKey): string {
  return `constraint ${quoteName(name)}`
}
