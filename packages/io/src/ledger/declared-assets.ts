import type { Graph } from "@freshet/core/engine"
import { escapeLiteral, type Client } from "pg"

import { toMilliseconds } from "./milliseconds-sql.ts"

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
     on conflict (name) do update set removed_at = null, first_run_at = now()`,
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

/** Selects the first runs of the assets with deadlines: name in the ledger, and milliseconds since 1970. */
export function buildFirstRunsQuery(graph: Graph): string {
  const names = listAssetsWithDeadlines(graph).flatMap(({ name, previousNames }) => [
    name,
    ...previousNames,
  ])
  const literals = names.map((name) => escapeLiteral(name)).join(", ")
  return `select name, ${toMilliseconds("first_run_at")} from freshet.declared_assets
    where name = any(array[${literals}]::text[])`
}

/** Finds the first run of each asset with a deadline, also under previous names. */
export function groupFirstRuns(
  graph: Graph,
  recordedRuns: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const firstRuns = new Map<string, number>()
  for (const { name, previousNames } of listAssetsWithDeadlines(graph)) {
    const times = [name, ...previousNames].flatMap((each) => recordedRuns.get(each) ?? [])
    if (times.length > 0) firstRuns.set(name, Math.min(...times))
  }
  return firstRuns
}

function listAssetsWithDeadlines({ assets }: Graph) {
  return [...assets.values()].filter(
    (asset) => asset.kind !== "source" && asset.freshness !== undefined,
  )
}
