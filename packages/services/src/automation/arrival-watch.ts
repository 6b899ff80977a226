import {
  formatPartitionKey,
  type Graph,
  type LandedPartition,
  type Landing,
  listSources,
} from "@freshet/core/engine"
import {
  type LandingZone,
  type LedgerClient,
  observeLanding,
  readHashedFiles,
  readNewestArrivals,
  recordArrivals,
  saveHashChanges,
  type SettledPartition,
} from "@freshet/io"

import { openLandingZone } from "../open-landing-zone.ts"
import type { Services } from "../services.ts"

/** Records the arrivals of settled files. */
export interface ArrivalWatch {
  /** Looks at the landing zone. Returns true when files were found that are not settled. */
  readonly look: (client: LedgerClient) => Promise<boolean>
}

/**
 * Creates a watch of the landing zone. The files of a partition are settled when two looks find the same content, or
 * when each file, or the folder that holds it, has a marker `NAME.done` beside it.
 */
export function createArrivalWatch(
  { config, nowMs }: Pick<Services, "config" | "nowMs">,
  graph: Graph,
): ArrivalWatch {
  const sources = listSources(graph)
  const zone = openLandingZone(config)
  let previousVersions: ReadonlyMap<string, string> = new Map()
  let recordedVersions: Map<string, string> | undefined
  return {
    look: async (client) => {
      const recorded = (recordedVersions ??= await readRecordedVersions(client))
      const hashedFiles = await readHashedFiles(client)
      const options = { sources, zone, hashedFiles, nowMs: nowMs() }
      const { landing, hashChanges } = await observeLanding(options)
      await saveHashChanges(client, hashChanges)
      const landed = listLanded(graph, landing)
      const changed = landed.filter(({ id, version }) => recorded.get(id) !== version)
      const settled: LandedEntry[] = []
      for (const entry of changed)
        if (previousVersions.get(entry.id) === entry.version || (await hasMarkers(zone, entry)))
          settled.push(entry)
      if (settled.length > 0) await recordArrivals(client, settled)
      for (const { id, version } of settled) recorded.set(id, version)
      previousVersions = new Map(landed.map(({ id, version }) => [id, version]))
      return settled.length < changed.length
    },
  }
}

async function readRecordedVersions(client: LedgerClient): Promise<Map<string, string>> {
  const arrivals = await readNewestArrivals(client)
  return new Map(arrivals.map((arrival) => [formatId(arrival), arrival.version]))
}

/** A landed partition with usable files. */
interface LandedEntry extends SettledPartition {
  /** Source and partition. */
  readonly id: string
  /** Paths in the landing zone. */
  readonly files: readonly string[]
}

function listLanded({ assets }: Graph, landing: Landing): readonly LandedEntry[] {
  return [...landing].flatMap(([source, landedPartitions]) => {
    const partitions = assets.get(source)?.partitions
    if (partitions === undefined) return []
    return [...landedPartitions]
      .filter(([, { problem }]) => problem === undefined)
      .map(([index, landed]) =>
        toLandedEntry(source, formatPartitionKey(partitions, index), landed),
      )
  })
}

function toLandedEntry(
  source: string,
  partition: string,
  { version, files }: LandedPartition,
): LandedEntry {
  return {
    id: formatId({ source, partition }),
    source,
    partition,
    version,
    files: files.map(({ path }) => path),
  }
}

function formatId({ source, partition }: Omit<SettledPartition, "version">): string {
  return `${source} ${partition}`
}

/** Tests if each file, or a folder that holds it, has a marker. */
async function hasMarkers(zone: LandingZone, { files }: LandedEntry): Promise<boolean> {
  for (const path of files) if (!(await hasMarker(zone, path))) return false
  return true
}

async function hasMarker(zone: LandingZone, path: string): Promise<boolean> {
  const names = path.split("/")
  for (let depth = names.length; depth > 0; depth -= 1)
    if (await zone.exists(`${names.slice(0, depth).join("/")}.done`)) return true
  return false
}
