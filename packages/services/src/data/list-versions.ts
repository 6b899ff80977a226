import { formatPartitionKey } from "@freshet/core/engine"

import type { VersionsDocument } from "../documents/diff.ts"
import { toIsoTime } from "../iso-time.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Services } from "../services.ts"
import { readVersions } from "./diff-sides.ts"
import { resolveStoredPartition } from "./stored-partition.ts"

/** An asset, and one of its partitions; the newest stored one unless given. */
export interface VersionsRequest {
  readonly asset: string
  readonly partition?: string | undefined
}

/** Lists the retained materializations of a partition; a source has none. */
export function listVersions(
  services: Services,
  request: VersionsRequest,
): Promise<VersionsDocument> {
  return services.withProject({}, async (project) => {
    const asset = selectAsset(project, request.asset)
    const partition = resolveStoredPartition(project, asset, request.partition)
    const versions = asset.kind === "source" ? [] : await readVersions(project, asset, partition)
    return {
      asset: asset.name,
      partition: formatPartitionKey(asset.partitions, partition),
      versions: versions.toReversed().map(({ id, atMs, rows, bytes, isCurrent }) => ({
        version: id,
        materialized_at: toIsoTime(atMs),
        rows,
        bytes,
        is_current: isCurrent,
      })),
    }
  })
}
