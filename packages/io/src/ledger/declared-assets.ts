import type { Graph } from "@freshet/core/engine"
import type { Client } from "pg"

/** Keeps which assets are declared, and since when others are not any more. Writes only when that has changed. */
export async function recordDeclaredAssets(client: Client, graph: Graph): Promise<void> {
  const names = [...graph.assets.values()].flatMap(({ name, previousNames }) => [
    name,
    ...previousNames,
  ])
  await client.query(
    `with gone as (
       update freshet.declared_assets set removed_at = now()
       where removed_at is null and name <> all($1::text[])
     )
     insert into freshet.declared_assets (name)
     select distinct name from unnest($1::text[]) as declared (name)
     where not exists (
       select from freshet.declared_assets as known
       where known.name = declared.name and known.removed_at is null
     )
     on conflict (name) do update set removed_at = null`,
    [names],
  )
}
