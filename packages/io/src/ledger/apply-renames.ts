import type { Graph } from "@freshet/core/engine"
import type { Client } from "pg"

import { withTransaction } from "./transaction.ts"

/** A name that changes hands: the records under `from` belong to the asset that is named `to`. */
export interface Rename {
  readonly from: string
  readonly to: string
}

/** Lists the previous names that other assets have: names that were swapped or reused. */
export function listReusedNames(graph: Graph): readonly Rename[] {
  return [...graph.assets.values()].flatMap(({ name, previousNames }) => {
    const from = previousNames.findLast((previousName) => graph.assets.has(previousName))
    return from === undefined ? [] : [{ from, to: name }]
  })
}

/** Finds the renames that the ledger has not followed yet. Queries the database only if names were reused. */
export async function findPendingRenames(client: Client, graph: Graph): Promise<readonly Rename[]> {
  const renames = listReusedNames(graph)
  if (renames.length === 0) return []
  const { rows } = await client.query<Rename>(
    `select renames.from, renames.to from ${renamesTable} where not exists (
       select from freshet.declared_assets
       where name = renames.to and followed_names ? renames.from
     )`,
    toParameters(renames),
  )
  return rows
}

/** Moves the records of reused names to the assets that had these names, all at once. Only while a run opens, or with the run lock alone. */
export async function applyRenames(client: Client, graph: Graph): Promise<void> {
  const renames = await findPendingRenames(client, graph)
  if (renames.length === 0) return
  await withTransaction(client, async () => {
    for (const statement of statements) await client.query(statement, toParameters(renames))
    await client.query("update freshet.identity set epoch = epoch + 1")
  })
}

function toParameters(renames: readonly Rename[]): string[][] {
  return [renames.map(({ from }) => from), renames.map(({ to }) => to)]
}

const renamesTable = `unnest($1::text[], $2::text[]) as renames ("from", "to")`

const renameColumn = (table: string, column: string) => `
  update freshet.${table} set ${column} = renames.to from ${renamesTable}
  where ${table}.${column} = renames.from`

/** The mark of a name whose records have left it; no declared name begins with it. */
const mark = "~"

/** Records move to marked names first, because two assets may have equal input versions. */
const statements = [
  `delete from freshet.materializations as moved
   using freshet.materializations as present, ${renamesTable}
   where moved.asset = renames.from and present.asset = renames.to
     and present.partition = moved.partition and present.input_version = moved.input_version
     and renames.to <> all($1::text[])`,
  `update freshet.materializations set asset = '${mark}' || renames.to from ${renamesTable}
   where materializations.asset = renames.from`,
  `update freshet.materializations set asset = renames.to from ${renamesTable}
   where materializations.asset = '${mark}' || renames.to`,
  renameColumn("steps", "computation"),
  renameColumn("check_results", "asset"),
  renameColumn("line_counts", "source"),
  renameColumn("arrivals", "source"),
  renameColumn("published_partitions", "asset"),
  `update freshet.runs set work = (
     select jsonb_object_agg(coalesce(renames.to, entry.key), entry.value)
     from jsonb_each(work) as entry left join ${renamesTable} on renames.from = entry.key
   )
   where work ?| $1::text[] and $2::text[] is not null`,
  `with moved as (
     select renames.to as name, renames.from, recorded.first_partitions, recorded.partitions,
       recorded.partitions_changed_at
     from ${renamesTable} left join freshet.declared_assets as recorded on recorded.name = renames.from
   ), vacated as (
     update freshet.declared_assets
     set first_partitions = null, partitions = null, partitions_changed_at = null
     where name = any($1::text[]) and name <> all($2::text[])
   )
   insert into freshet.declared_assets
     (name, first_partitions, partitions, partitions_changed_at, followed_names)
   select name, first_partitions, partitions, partitions_changed_at, jsonb_build_array("from")
   from moved
   on conflict (name) do update set removed_at = null,
     first_partitions = excluded.first_partitions, partitions = excluded.partitions,
     partitions_changed_at = excluded.partitions_changed_at,
     followed_names = declared_assets.followed_names || excluded.followed_names`,
]
