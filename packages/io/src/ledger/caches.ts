import type { Client } from "pg"

import type { HashChanges, HashedFile } from "../landing/hashed-file.ts"

/** Reads the hashes of earlier observations of the landing zone: path → file. */
export async function readHashedFiles(client: Client): Promise<ReadonlyMap<string, HashedFile>> {
  const { rows } = await client.query<[string, string, string, string, string | null]>({
    rowMode: "array",
    text: "select path, bytes, identity, hash, header from freshet.source_files",
  })
  return new Map(
    rows.map(([path, bytes, identity, hash, header]) => [
      path,
      { bytes: Number(bytes), identity, hash, ...(header !== null && { header }) },
    ]),
  )
}

/** Stores the hashes of an observation for the next one. */
export async function saveHashChanges(client: Client, changes: HashChanges): Promise<void> {
  if (changes.addedFiles.size > 0) await saveHashedFiles(client, changes.addedFiles)
  if (changes.removedPaths.length > 0)
    await client.query("delete from freshet.source_files where path = any($1)", [
      changes.removedPaths,
    ])
}

async function saveHashedFiles(
  client: Client,
  hashedFiles: ReadonlyMap<string, HashedFile>,
): Promise<void> {
  const files = [...hashedFiles.values()]
  await client.query(
    `insert into freshet.source_files (path, bytes, identity, hash, header)
     select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])
     order by 1
     on conflict (path) do update set
       bytes = excluded.bytes, identity = excluded.identity, hash = excluded.hash,
       header = excluded.header`,
    [
      [...hashedFiles.keys()],
      files.map(({ bytes }) => bytes),
      files.map(({ identity }) => identity),
      files.map(({ hash }) => hash),
      files.map(({ header }) => header ?? null),
    ],
  )
}

/** Reads the parsed queries of an engine version: hash of a query's text → hash of its parse. */
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

/** Replaces the stored parses of queries. Those of other engine versions and of removed queries are deleted. */
export async function saveParsedQueries(
  client: Client,
  engineVersion: string,
  parsedQueries: ReadonlyMap<string, string>,
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
    [engineVersion, [...parsedQueries.keys()], [...parsedQueries.values()]],
  )
}
