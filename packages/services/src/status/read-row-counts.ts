import type { Asset } from "@freshet/core"
import {
  formatPartitionKey,
  groupBy,
  isTimed,
  type MaterializationRecord,
  type PartitionRange,
} from "@freshet/core/engine"

import type { RowCountsDocument } from "../documents/row-counts.ts"
import { toIsoTime } from "../iso-time.ts"
import { selectCurrentRecords } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** The number of listed materializations of an asset. */
const maxCounts = 30

/** Reads the rows of the newest partitions of each asset; of an asset without partitions those of its retained materializations. */
export function readRowCounts(services: Services): Promise<RowCountsDocument> {
  return services.withProject({}, async (project) => {
    const ranges = listAssets(project).flatMap(({ name }) => {
      const bounds = project.evaluation.bounds.get(name)
      return bounds === undefined ? [] : [{ asset: name, range: takeNewestPartitions(bounds) }]
    })
    const records = await project.ledger.readMaterializations(ranges)
    const recordsByAsset = groupBy(records, ({ asset }) => asset)
    const assets = listAssets(project).map((asset) => ({
      name: asset.name,
      counts: listCounts(project, asset, recordsByAsset.get(asset.name) ?? []),
    }))
    return {
      now: toIsoTime(project.nowMs),
      assets: assets.filter(({ counts }) => counts.length > 1),
    }
  })
}

/** Lists the assets whose materializations follow each other in time. Static keys have no order. */
function listAssets({ graph }: Project): readonly Asset[] {
  return [...graph.assets.values()].flatMap((asset) =>
    asset.kind === "asset" && (asset.partitions.kind === "none" || isTimed(asset.partitions))
      ? [asset]
      : [],
  )
}

function takeNewestPartitions({ from, to }: PartitionRange): PartitionRange {
  return { from: Math.max(from, to - maxCounts + 1), to }
}

function listCounts(
  { evaluation }: Project,
  { partitions }: Asset,
  records: readonly MaterializationRecord[],
): RowCountsDocument["assets"][number]["counts"] {
  const listedRecords =
    partitions.kind === "none"
      ? records.toSorted((first, second) => first.atMs - second.atMs)
      : [...selectCurrentRecords(evaluation, records).values()].toSorted(
          (first, second) => first.partition - second.partition,
        )
  return listedRecords.slice(-maxCounts).map(({ partition, atMs, rows }) => ({
    partition: formatPartitionKey(partitions, partition),
    materialized_at: toIsoTime(atMs),
    rows,
  }))
}
