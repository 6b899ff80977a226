import { getAsset, joinRanges, type PartitionRange } from "@freshet/core/engine"

import type { Project } from "../project.ts"
import type { RunTarget } from "../run/run-request.ts"
import { resolveRunTarget } from "./run-targets.ts"

/** Evaluates a project without the pins of the partitions that a request repins, so that they are stale if the landed files have other content. */
export async function unpinPartitions(project: Project, target: RunTarget): Promise<Project> {
  if (!mayRepin(target)) return project
  const { planRequest } = await resolveRunTarget(project, target)
  const partitions = new Map<string, readonly PartitionRange[]>()
  for (const [asset, ranges] of planRequest.repinned ?? []) {
    const { name } = getAsset(project.graph, asset).computation
    partitions.set(name, joinRanges([...(partitions.get(name) ?? []), ...ranges]))
  }
  const { evaluation, proof } = await project.evaluateUnpinned(project, partitions)
  const { lostFiles } = project.evaluation
  return { ...project, evaluation: lostFiles ? { ...evaluation, lostFiles } : evaluation, proof }
}

function mayRepin(target: RunTarget): boolean {
  switch (target.kind) {
    case "materialize":
    case "backfill":
      return target.repin === true
    case "saved_plan":
      return target.plan.repinned !== undefined
    case "retry":
    case "tick":
    case "publish":
      return false
  }
}
