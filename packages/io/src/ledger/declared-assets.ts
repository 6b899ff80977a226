import type { Graph } from "@freshet/core/engine"
import type { Client } from "pg"

/** Records the declared assets and the removal times of others. Writes only changes. */
export async function recordDeclaredAssets(client: Client, graph: Graph): Promise<void> {
  const names = [...graph.assets.values()].flatMap(({ name, previousNames }) => [
    name,
    ...previousNames,
  ])
  await client.query(
    `with removed as (
       update freshet.declared_assets set removed_at = now()
       where removed_at is null and name <> all($1::text[])
     )
     insert into freshet.declared_assets (name)
     select distinct name from unnest($1::text[]) as declared (name)
     where not exists (
       select from freshet.declared_assets as recorded
       where recorded.name = declared.name and recorded.removed_at is null
     )
     on conflict (name) do update set removed_at = null`,
    [names],
  )
}
