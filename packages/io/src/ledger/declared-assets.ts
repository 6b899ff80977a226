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
  await removeFollowedNames(client, graph)
}

/** Removes followed names that are no longer previous names of their asset, so that a later rename is followed again. */
async function removeFollowedNames(client: Client, graph: Graph): Promise<void> {
  const assets = [...graph.assets.values()]
  await client.query(
    `update freshet.declared_assets as recorded set followed_names = (
       select coalesce(jsonb_agg(followed), '[]') from jsonb_array_elements_text(followed_names) as followed
       where declared.names ? followed
     )
     from unnest($1::text[], $2::jsonb[]) as declared (name, names)
     where recorded.name = declared.name and recorded.followed_names <> '[]'
       and not declared.names @> recorded.followed_names`,
    [
      assets.map(({ name }) => name),
      assets.map(({ previousNames }) => JSON.stringify(previousNames)),
    ],
  )
}
