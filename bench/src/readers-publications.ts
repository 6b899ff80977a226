import { join } from "node:path"

import type { PublicationRequest } from "@freshet/core/engine"
import {
  type ClosablePublisher,
  createPublisher,
  createRowComparer,
  createRowReader,
  migrateLedgers,
  migratePublishedTables,
  openFolderStore,
  openSession,
  withLedgerConnection,
} from "@freshet/io"
import { getMigrationsFolder } from "@freshet/schema"

import { editionTables } from "./readers-tables.ts"

const run = "run_of_the_benchmark"
const editions = 10

/** Publications of the tables of StockTwits to a database. */
export interface Publications {
  /** Publishes the next edition. */
  readonly publishNext: () => Promise<void>
}

/** Creates the tables by their migrations, publishes the first edition, and runs `work`. */
export async function withPublications<T>(
  url: string,
  { folder, migrations }: { readonly folder: string; readonly migrations: string },
  work: (publications: Publications) => Promise<T>,
): Promise<T> {
  await withLedgerConnection(url, async (client) => {
    await migrateLedgers(client, getMigrationsFolder())
    await migratePublishedTables(client, migrations)
    await client.query(
      "insert into freshet.runs (id, command, steps, host, pid) values ($1, 'bench', 1, 'bench', 1)",
      [run],
    )
  })
  const spillFolder = join(folder, "spill")
  const session = openSession({ memoryLimitMb: 500, threads: 1, spillFolder, connections: 3 })
  try {
    const store = openFolderStore(join(folder, "lake"))
    const readRows = createRowReader(session, store)
    const publisher = createPublisher({
      url,
      readRows,
      comparer: createRowComparer(session, store),
    })
    const requests: PublicationRequest[] = []
    for (let edition = 0; edition < editions; edition++)
      requests.push(await createRequest({ session, store }, edition))
    return await work(await startPublications(publisher, requests))
  } finally {
    await session.close()
  }
}

interface Files {
  readonly session: ReturnType<typeof openSession>
  readonly store: ReturnType<typeof openFolderStore>
}

/** Stores the rows of an edition, in the order of their keys. */
async function createRequest(
  { session, store }: Files,
  edition: number,
): Promise<PublicationRequest> {
  const tables = []
  for (const { asset, publish, buildRows } of editionTables) {
    const path = await store.tempPath(".parquet")
    const query = `${buildRows(edition)} order by all`
    await session.withConnection((connection) =>
      connection.run(`copy (${query}) to '${path}' (format parquet, compression zstd)`),
    )
    const file = `${asset.name}/${edition}/v.parquet`
    await store.commit(path, file)
    tables.push({ asset, publish, partitions: [{ key: "2024-10-04", file, dataVersion: file }] })
  }
  return { run, set: "stocktwits", partitionKey: "2024-10-04", version: String(edition), tables }
}

async function startPublications(
  publisher: ClosablePublisher,
  requests: readonly PublicationRequest[],
): Promise<Publications> {
  let published = 0
  const publishNext = async () => {
    const request = requests[published % requests.length]
    if (request === undefined) throw new RangeError("no edition")
    await publisher.publish({ ...request, version: String(published) })
    published += 1
  }
  await publishNext()
  await publisher.close()
  return { publishNext }
}
