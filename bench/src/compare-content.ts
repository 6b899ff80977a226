import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

import { type DuckDBConnection, DuckDBInstance, type Json } from "@duckdb/node-api"

/** Result of the comparison of both sides; a difference is described in words. */
export interface Comparison {
  readonly files: number
  readonly rows: number
  readonly differences: readonly string[]
}

/** Compares every partition of every dataset: columns with their types, number of rows, and a hash that ignores their order. */
export async function compareContent(
  lake: string,
  script: string,
  datasets: readonly string[],
): Promise<Comparison> {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run("set TimeZone = 'UTC'")
  const differences: string[] = []
  let files = 0
  let rows = 0
  for (const name of datasets) {
    const ours = listLakePartitions(join(lake, name))
    const theirs = listScriptPartitions(join(script, name))
    for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
      const [a, b] = [
        await readContent(connection, ours.get(key)),
        await readContent(connection, theirs.get(key)),
      ]
      files += 1
      rows += b.rows
      if (a.content !== b.content)
        differences.push(`${name} ${key}: Freshet ${a.content}, script ${b.content}`)
    }
  }
  connection.closeSync()
  instance.closeSync()
  return { files, rows, differences }
}

/** `<dataset>/<partition key>/<input version>.parquet`; a new lake has one version of each. */
function listLakePartitions(folder: string): ReadonlyMap<string, string> {
  const keys = existsSync(folder) ? readdirSync(folder) : []
  return new Map(
    keys.flatMap((key) =>
      readdirSync(join(folder, key)).map((name) => [key, join(folder, key, name)]),
    ),
  )
}

function listScriptPartitions(folder: string): ReadonlyMap<string, string> {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return new Map(names.map((name) => [name.replace(/\.parquet$/, ""), join(folder, name)]))
}

async function readContent(connection: DuckDBConnection, path: string | undefined) {
  if (path === undefined) return { rows: 0, content: "nothing" }
  const read = `read_parquet('${path}')`
  const columnResult = await connection.runAndReadAll(`describe from ${read}`)
  const columns = columnResult.getRowObjectsJson().map((row) => ({
    name: toText(row["column_name"]),
    type: toText(row["column_type"]),
  }))
  const names = columns.map(({ name }) => `"${name}"`).toSorted()
  const hashResult = await connection.runAndReadAll(`
    select count(*)::double as rows, sum(hash(${names.join(", ")}))::varchar as hash from ${read}`)
  const [row] = hashResult.getRowObjectsJson()
  const rows = Number(row?.["rows"])
  const types = columns.map(({ name, type }) => `${name} ${type}`).toSorted()
  return { rows, content: `${rows} rows ${toText(row?.["hash"])} (${types.join(", ")})` }
}

/** Returns a text of the engine, or nothing. */
function toText(value: Json | undefined): string {
  return typeof value === "string" ? value : ""
}
