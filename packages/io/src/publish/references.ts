import type { Client } from "pg"

import { quoteTable } from "./target-table.ts"
import type { PreparedTable } from "./write-table.ts"

/** A foreign key that references a table of a set. Tables are places in the set; `child` is null for a table outside of it. */
export interface Reference {
  readonly child: number | null
  readonly parent: number
  readonly childColumns: readonly string[]
  readonly parentColumns: readonly string[]
  /** True if a deleted row of the parent deletes or changes the rows that reference it. */
  readonly cascades: boolean
}

const columnNames = (relation: string, numbers: string) => `
  (select jsonb_agg(attname order by place) from unnest(c.${numbers}) with ordinality as part (number, place)
    join pg_attribute on attrelid = c.${relation} and attnum = part.number)`

const referencesQuery = `
  with tables as (
    select place, to_regclass(name) as relation
    from jsonb_to_recordset($1) as listed (place int, name text)
  )
  select child.place as child, parent.place as parent,
    ${columnNames("conrelid", "conkey")} as "childColumns",
    ${columnNames("confrelid", "confkey")} as "parentColumns",
    c.confdeltype in ('c', 'n', 'd') as cascades
  from pg_constraint as c
  join tables as parent on parent.relation = c.confrelid
  left join tables as child on child.relation = c.conrelid
  where c.contype = 'f'`

/** Reads the foreign keys that reference the tables of a set. */
export async function readReferences(
  client: Client,
  tables: readonly Pick<PreparedTable, "target">[],
): Promise<readonly Reference[]> {
  const names = tables.map(({ target }, place) => ({ place, name: quoteTable(target) }))
  const { rows } = await client.query<Reference>(referencesQuery, [JSON.stringify(names)])
  return rows
}

/** Sorts the places of tables: referenced tables first. Tables that reference each other keep their order. */
export function sortParentsFirst(
  count: number,
  references: readonly Reference[],
): readonly number[] {
  const sorted = new Set<number>()
  const visited = new Set<number>()
  function visit(place: number): void {
    if (visited.has(place)) return
    visited.add(place)
    for (const { child, parent } of references) if (child === place) visit(parent)
    sorted.add(place)
  }
  for (let place = 0; place < count; place += 1) visit(place)
  return [...sorted]
}
