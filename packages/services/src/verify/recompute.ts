import type { Asset } from "@freshet/core"
import { countPartitions, formatPartitionKey, listPartitions } from "@freshet/core/engine"

import type { RecomputationDocument } from "../documents/verification.ts"
import { type PartitionArguments, resolveTargets } from "../plan/partition-arguments.ts"
import { selectAsset } from "../plan/select-assets.ts"
import { sourceProblem, usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { describeFinding } from "./describe-finding.ts"
import { recomputePartition, type RecomputeResult } from "./recomputation.ts"

type RecomputedPartition = RecomputationDocument["partitions"][number]

/** Recomputes partitions of an asset from their recorded inputs and compares the rows. Nothing is stored or published. */
export async function recompute(
  { emit, withProject }: Services,
  request: { readonly asset: string; readonly partitions: PartitionArguments },
): Promise<RecomputationDocument> {
  return withProject({ engine: "recompute", lostFiles: "keep" }, async (project) => {
    const asset = selectAsset(project, request.asset)
    if (asset.kind === "source") throw usageError(sourceProblem([asset]))
    const targets = resolveTargets(project, [asset.name], request.partitions)
    const ranges = targets.get(asset.name) ?? []
    const total = countPartitions(ranges)
    const partitions: RecomputedPartition[] = []
    for (const partition of listPartitions(ranges)) {
      emit({ kind: "work_progress", phase: "recompute", done: partitions.length, total })
      const result = await recomputePartition(project, asset.computation, partition)
      partitions.push(toRecomputedPartition(project, asset, { partition, result }))
    }
    return { asset: asset.name, inputs: "recorded", partitions }
  })
}

function toRecomputedPartition(
  project: Project,
  { computation, partitions }: Asset,
  { partition, result }: { readonly partition: number; readonly result: RecomputeResult },
): RecomputedPartition {
  const key = formatPartitionKey(partitions, partition)
  const rows = "rows" in result ? result.rows : null
  const finding =
    result.kind === "same" ? null : describeFinding(project, { computation, partition }, result)
  return {
    partition: key,
    outcome: finding?.kind ?? "same",
    finding,
    rows_recorded: rows?.recordedRows ?? null,
    rows_recomputed: rows?.recomputedRows ?? null,
  }
}
