import {
  type Evaluation,
  findSetPublication,
  findStaleDownstream,
  getPartitionNoun,
} from "@freshet/core/engine"

import type { ImpactDocument } from "../documents/impact.ts"
import { createComputationConverter } from "../partition-keys.ts"
import type { RequestedPlan } from "../plan/make-plan.ts"
import { resolveBackfillTargets } from "../plan/run-targets.ts"
import { selectAsset } from "../plan/select-assets.ts"
import { chooseBackfillCommands, filterStale, listBackfillRoots } from "./backfill-downstream.ts"
import type { BackfillTarget } from "./run-request.ts"

/** Reads the consequences of an executed backfill: the unchanged publication, and the stale partitions downstream. */
export async function readImpact(
  { project, plan }: RequestedPlan,
  target: BackfillTarget,
): Promise<ImpactDocument> {
  const { name } = selectAsset(project, target.asset)
  const { evaluation } = await project.readEvaluation()
  const predictedStale = findStaleDownstream(project.evaluation, plan)
  const staleDownstream = filterStale(evaluation, predictedStale)
  const root = {
    name,
    flags: target.partitions,
    targets: resolveBackfillTargets(project, target).targets,
  }
  const roots = listBackfillRoots(evaluation, root, plan)
  const toPartitions = createComputationConverter(project)
  return {
    publication: findPublication(evaluation, name),
    stale_downstream: [...staleDownstream].map(([name, ranges]) => toPartitions(name, ranges)),
    commands: chooseBackfillCommands(evaluation, staleDownstream, roots),
  }
}

function findPublication(evaluation: Evaluation, name: string): ImpactDocument["publication"] {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || asset.publish?.keep.kind !== "latest") return null
  const { set } = asset.publish
  const publication = findSetPublication(evaluation, set, [asset])
  if (publication === undefined) return null
  const { partitionKey: partition } = publication
  return { set, partition, partition_noun: getPartitionNoun(asset.partitions) }
}
