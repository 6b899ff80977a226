import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"

import { openSession } from "@freshet/io"

import type { TestProject } from "./test-project.ts"

type Session = ReturnType<typeof openSession>

/** Runs `work` with an engine that reads files. */
export async function withFileReader<T>(
  folder: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const options = { memoryLimitMb: 512, threads: 1, connections: 1 }
  const session = openSession({ ...options, spillFolder: join(folder, "spill") })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** Lists the files under their final names, relative to the lake. */
export function listStoredFiles(place: Pick<TestProject, "lake">): readonly string[] {
  return listFiles(place.lake).filter((name) => !name.startsWith("."))
}

/** Lists the temporary files of runs. */
export function listTemporaryFiles({
  lake,
  home,
}: Pick<TestProject, "lake" | "home">): readonly string[] {
  return [...listFiles(join(lake, ".tmp")), ...listFiles(join(home, "spill"))]
}

/** Lists files, relative to the folder. */
function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .toSorted()
}

/** A file's number of rows and a sum over all its values, in which the order of rows does not count. Throws when it is not whole Parquet. */
export async function readContent(session: Session, path: string): Promise<string> {
  const literal = `'${path.replaceAll("'", "''")}'`
  return session.withConnection(async (connection) => {
    const [row] = await connection.rows(`
      select count(*)::varchar || ' rows, sum ' || coalesce(sum(hash(line)), 0)::varchar as content
      from read_parquet(${literal}) as line`)
    return JSON.stringify(row?.["content"])
  })
}

/** Flips the last bit of one byte in the middle, where the rows are. */
export function flipBit(path: string): void {
  const bytes = readFileSync(path)
  const at = Math.floor(bytes.length / 4)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}
