import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

import type { SourceAsset } from "@freshet/core"
import type { LandedFile, LineCount } from "@freshet/core/engine"

import { type JsonRow, type Session, openSession } from "../../src/duckdb/session.ts"
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
  return {
    folder,
    session,
    read: async (source, files, judge = "fast") => {
      reads += 1
      const quarantinePath = join(folder, `quarantine-${reads}.jsonl`)
      return await session.withConnection(async (connection) => {
        const landed = await Promise.all(
          Object.entries(files).map(([path, content]) => land(folder, path, content)),
        )
        const count = await readLandedFiles(
          {
            kind: "landed",
            name: source.name,
            source,
            partitions: [{ key: "2026-01-05", files: landed }],
          },
          {
            connection,
            partition: testDay,
            landedPath: (path) => join(folder, path),
            scratchFolder: session.scratchFolder,
            parser: judge,
            quarantine: {
              tempPath: async () => quarantinePath,
              save: async (path) => ({ key: path, location: path }),
            },
          },
        )
        const rows = await connection.rows(`FROM "${source.name}" ORDER BY ALL`)
        return {
          rows,
          count,
          quarantined: count.file === undefined ? [] : await readQuarantine(quarantinePath),
        }
      })
    },
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
