import type { Client } from "pg"

import type { LandingMemory, RememberedFile } from "../landing/landed-files.ts"

/** What earlier observations of the landing zone found: path → file. */
export async function readRememberedFiles(
  client: Client,
): Promise<ReadonlyMap<string, RememberedFile>> {
  const { rows } = await client.query<[string, string, string, string]>({
    rowMode: "array",
    text: "select path, bytes, identity, hash from freshet.source_files",
  })
  return new Map(
    rows.map(([path, bytes, identity, hash]) => [path, { bytes: Number(bytes), identity, hash }]),
  )
}

/** Keeps what an observation found for the next one. */
export async function rememberFiles(client: Client, memory: LandingMemory): Promise<void> {
  if (memory.learned.size > 0) await learnFiles(client, memory.learned)
  if (memory.gone.length > 0)
    await client.query("delete from freshet.source_files where path = any($1)", [memory.gone])
}

async function learnFiles(
  client: Client,
  learned: ReadonlyMap<string, RememberedFile>,
): Promise<void> {
  const files = [...learned.values()]
  await client.query(
    `insert into freshet.source_files (path, bytes, identity, hash)
     select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
     order by 1
     on conflict (path) do update set
       bytes = excluded.bytes, identity = excluded.identity, hash = excluded.hash`,
    [
      [...learned.keys()],
      files.map(({ bytes }) => bytes),
      files.map(({ identity }) => identity),
      files.map(({ hash }) => hash),
    ],
  )
}

/** Hash of a query's text → hash of the query as this version of the engine parses it. */
export async function readParsedQueries(
  client: Client,
  engineVersion: string,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<[string, string]>({
    rowMode: "array",
    text: "select text_hash, parsed_hash from freshet.query_texts where engine_version = $1",
    values: [engineVersion],
  })
  return new Map(rows)
}

/** Replaces what is known of parsed queries: those of other engine versions and of queries that are gone are forgotten. */
export async function rememberParsedQueries(
  client: Client,
  engineVersion: string,
  parsed: ReadonlyMap<string, string>,
): Promise<void> {
  await client.query(
    `with old as (
       delete from freshet.query_texts
       where engine_version <> $1 or text_hash <> all($2::text[])
     )
     insert into freshet.query_texts (text_hash, engine_version, parsed_hash)
     select text_hash, $1, parsed_hash
     from unnest($2::text[], $3::text[]) as parsed (text_hash, parsed_hash)
     order by 1
     on conflict do nothing`,
    [engineVersion, [...parsed.keys()], [...parsed.values()]],
  )
}
