import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { PublicationRequest } from "@freshet/core/engine"
import {
  type ClosablePublisher,
  createPublisher,
  createRowComparer,
  createRowReader,
  openFolderStore,
  openSession,
} from "@freshet/io"
import pg from "pg"

import { withBenchServer } from "./bench-server.ts"
import type { BenchTable } from "./publish-tables.ts"

/** The rows of a table in two forms: Parquet in a store, and CSV. Both are in the order of the key. */
export interface Edition {
  readonly file: string
  readonly csv: string
}

/** A server with a ledger, a publisher and psql. */
export interface Workbench {
  readonly url: string
  readonly client: pg.Client
  readonly readServerCpuMs: () => number
  readonly publisher: ClosablePublisher
  readonly readRows: ReturnType<typeof createRowReader>
  /** Writes the files of an edition, once. */
  readonly createEdition: (table: BenchTable, rows: number, edition: number) => Promise<Edition>
  /** Runs commands of psql in one transaction. */
  readonly psql: (...commands: readonly string[]) => void
}

const run = "run_of_the_benchmark"

/** Runs `work` with a server of its own. */
export async function withWorkbench<T>(work: (bench: Workbench) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-publish-"))
  const session = openSession({
    memoryLimitMb: 1_000,
    threads: 2,
    spillFolder: join(folder, "spill"),
    connections: 3,
  })
  try {
    return await withBenchServer(async ({ createDatabase, readCpuMs }) => {
      const url = await createDatabase()
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      try {
        await client.query("create schema bench")
        await client.query(
          "insert into freshet.runs (id, command, steps, host, pid) values ($1, 'bench', 1, 'bench', 1)",
          [run],
        )
        return await work(
          openWorkbench({ url, client, folder, session, readServerCpuMs: readCpuMs }),
        )
      } finally {
        await client.end()
      }
    })
  } finally {
    await session.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface WorkbenchParts extends Pick<Workbench, "url" | "client" | "readServerCpuMs"> {
  readonly folder: string
  readonly session: ReturnType<typeof openSession>
}

function openWorkbench({ folder, session, ...server }: WorkbenchParts): Workbench {
  const { url } = server
  const store = openFolderStore(join(folder, "lake"))
  const readRows = createRowReader(session, store)
  const comparer = createRowComparer(session, store)
  const editions = new Map<string, Promise<Edition>>()
  const writeEdition: Workbench["createEdition"] = async (table, rows, number) => {
    const [path, csv] = [
      await store.tempPath(".parquet"),
      join(folder, `${table.name}-${number}.csv`),
    ]
    const query = `${table.buildRows(rows, number)} order by ${table.key}`
    await session.withConnection(async (connection) => {
      await connection.run(`copy (${query}) to '${path}' (format parquet, compression zstd)`)
      await connection.run(`copy (from '${path}') to '${csv}' (format csv, header false)`)
    })
    const file = `bench/${table.name}-${number}/v.parquet`
    await store.commit(path, file)
    return { file, csv }
  }
  return {
    ...server,
    readRows,
    publisher: createPublisher({ url, readRows, comparer }),
    createEdition: (table, rows, number) => {
      const name = `${table.name} ${rows} ${number}`
      const edition = editions.get(name) ?? writeEdition(table, rows, number)
      editions.set(name, edition)
      return edition
    },
    psql: (...commands) => {
      const words = commands.flatMap((command) => ["-c", command])
      execFileSync("psql", ["-Xq1", "-v", "ON_ERROR_STOP=1", ...words, url], { stdio: "ignore" })
    },
  }
}

/** Requests the publication of an edition. */
export function requestPublication(
  { asset, publish }: BenchTable,
  { file }: Edition,
): PublicationRequest {
  const version = `${file} ${Math.random()}`
  const partitions = [{ key: "2024-10-04", file, dataVersion: file }]
  return {
    run,
    set: publish.set,
    partitionKey: "2024-10-04",
    version,
    tables: [{ asset, publish, partitions }],
  }
}
