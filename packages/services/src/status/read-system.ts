import type { AssetStorage, LiveWorker, PublishedTable } from "@freshet/io"

import type { AssetStorageDocument, SystemDocument } from "../documents/system.ts"
import { toIsoTime } from "../iso-time.ts"
import { listOrphaned } from "../maintain/list-orphaned.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** Reads the places and the contents of lake, ledger and published tables. */
export function readSystem(services: Services): Promise<SystemDocument> {
  return services.withProject({}, async (project) => {
    const { config, ledger, nowMs, store } = project
    return {
      now: toIsoTime(nowMs),
      places: {
        lake: store.locate(),
        landing: config.landing,
        home: config.home,
        ledger: config.databaseUrl === undefined ? "embedded" : "DATABASE_URL",
      },
      storage: toStorageDocuments(project, await ledger.readStorage()),
      published: (await ledger.readPublishedTables()).map(toTableDocument),
      orphaned: await listOrphaned(project),
      workers: (await ledger.readWorkers()).map(toWorkerDocument),
    }
  })
}

function toStorageDocuments(
  { graph }: Project,
  storage: readonly AssetStorage[],
): readonly AssetStorageDocument[] {
  const documents = storage.flatMap(({ asset: name, newestBytes, ...amounts }) => {
    const asset = graph.assets.get(name)
    if (asset === undefined) return []
    return [{ asset: name, group: asset.group, ...amounts, newest_bytes: newestBytes }]
  })
  return documents.toSorted((first, second) => second.bytes - first.bytes)
}

function toTableDocument({ publishedMs, ...table }: PublishedTable) {
  return { ...table, published_at: toIsoTime(publishedMs) }
}

function toWorkerDocument({ startedMs, heartbeatMs, ...worker }: LiveWorker) {
  return {
    ...worker,
    started_at: toIsoTime(startedMs),
    heartbeat_at: toIsoTime(heartbeatMs),
  }
}
