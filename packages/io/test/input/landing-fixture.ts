import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

import type { SourceAsset } from "@freshet/core"
import type { LandedFile, LineCount } from "@freshet/core/engine"

import { type Content, measureContents } from "../../src/duckdb/content.ts"
import {
  type Connection,
  type JsonRow,
  type Session,
  openSession,
} from "../../src/duckdb/session.ts"
import type { QuarantinedLine } from "../../src/input/quarantine.ts"
import { readLandedFiles } from "../../src/input/read-landed-files.ts"
import { testDay } from "../duckdb/engine-fixture.ts"

export interface ReadResult {
  readonly rows: readonly JsonRow[]
  readonly count: LineCount
  readonly quarantined: readonly QuarantinedLine[]
}

export interface LandingFixture {
  readonly folder: string
  readonly session: Session
  /** Reads the files, by name, as one partition of the source. */
  readonly read: (
    source: SourceAsset,
    files: Readonly<Record<string, string | Buffer>>,
    parser?: "fast" | "strict",
  ) => Promise<ReadResult>
  /** Reads the files and stores the rows as Parquet; returns the result without the rows, and the content of the file. */
  readonly store: (
    source: SourceAsset,
    files: Readonly<Record<string, string | Buffer>>,
    path: string,
  ) => Promise<Omit<ReadResult, "rows"> & { readonly content: Content }>
  readonly close: () => Promise<void>
}

export async function openLandingFixture(threads = 2): Promise<LandingFixture> {
  const folder = await mkdtemp(join(tmpdir(), "freshet-landing-"))
  const session = openSession({
    memoryLimitMb: 1000,
    threads,
    spillFolder: join(folder, ".spill"),
    connections: 1,
  })
  let reads = 0
  const withRelation = async <T extends object>(
    source: SourceAsset,
    files: Readonly<Record<string, string | Buffer>>,
    parser: "fast" | "strict",
    use: (connection: Connection) => Promise<T>,
  ) => {
    reads += 1
    const quarantinePath = join(folder, `quarantine-${reads}.jsonl`)
    return await session.withConnection(async (connection) => {
      const landed = await Promise.all(
        Object.entries(files).map(([path, content]) => land(folder, path, content)),
      )
      const partitions = [{ key: "2026-01-05", files: landed }]
      const count = await readLandedFiles(
        { kind: "landed", name: source.name, source, partitions },
        {
          connection,
          partition: testDay,
          localPath: ({ path }) => join(folder, path),
          scratchFolder: session.scratchFolder,
          parser,
          quarantine: {
            tempPath: async () => quarantinePath,
            save: async (path) => ({ key: path, location: path }),
          },
        },
      )
      const quarantined = count.file === undefined ? [] : await readQuarantine(quarantinePath)
      return { ...(await use(connection)), count, quarantined }
    })
  }
  return {
    folder,
    session,
    read: (source, files, parser = "fast") =>
      withRelation(source, files, parser, async (connection) => ({
        rows: await connection.rows(`FROM "${source.name}" ORDER BY ALL`),
      })),
    store: (source, files, path) =>
      withRelation(source, files, "fast", async (connection) => {
        await connection.run(`COPY (FROM "${source.name}") TO '${path}' (FORMAT parquet)`)
        const [file] = await measureContents(connection, [{ columns: source.columns, path }])
        return { content: file!.content }
      }),
    close: async () => {
      await session.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function land(folder: string, path: string, content: string | Buffer): Promise<LandedFile> {
  const at = join(folder, path)
  await mkdir(dirname(at), { recursive: true })
  await writeFile(at, content)
  return { path, hash: "", bytes: (await stat(at)).size }
}

async function readQuarantine(path: string): Promise<readonly QuarantinedLine[]> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "")
  return lines
    .map((line) => JSON.parse(line) as QuarantinedLine)
    .toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
}
