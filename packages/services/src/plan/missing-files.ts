import {
  type Evaluation,
  getAsset,
  joinRanges,
  listStepRanges,
  type PartitionRange,
  type Plan,
  subtractRanges,
  takeNewest,
  toRanges,
} from "@freshet/core/engine"

import { type AssetPartitions, mergePartitions } from "../asset-partitions.ts"
import { excludeLostFiles } from "../lost-files.ts"
import type { Project, ProjectPlan } from "../project.ts"

/** The number of newest partitions of each target that are looked up. */
const maxTargetPartitions = 1000

/** The number of newest partitions of each input that a preview looks up. */
const maxPreviewPartitions = 10_000

/**
 * Plans without the materializations whose files are missing or damaged. The files that the planned steps read, the newest
 * partitions of the targets, the partitions to check and those to publish are looked up, and the plan is rebuilt
 * for each missing file. A preview looks up only the newest of very many partitions.
 */
export async function planWithExistingFiles<P extends Pick<ProjectPlan, "plan">>(
  initialProject: Project,
  makePlan: (project: Project) => P | Promise<P>,
  purpose: "preview" | "run" = "preview",
): Promise<P & ProjectPlan> {
  const readLimit = purpose === "run" ? Infinity : maxPreviewPartitions
  for (let project = initialProject; ;) {
    const result = await makePlan(project)
    const requiredPartitions = listRequiredPartitions(project.evaluation, result.plan, readLimit)
    const checkedProject = await excludeLostFiles(project, requiredPartitions)
    if (checkedProject.evaluation === project.evaluation)
      return { ...result, project: checkedProject }
    project = checkedProject
  }
}

/** Lists the partitions whose files the plan depends on. */
function listRequiredPartitions(
  evaluation: Evaluation,
  plan: Plan,
  readLimit: number,
): AssetPartitions {
  const plannedRanges = new Map(
    plan.work.map(({ computation, ranges }) => [computation.name, ranges]),
  )
  const partitions = mergePartitions(
    new Map(
      [...plan.targets].map(([asset, ranges]) => [asset, takeNewest(ranges, maxTargetPartitions)]),
    ),
    new Map(plan.checks.map(({ asset, ranges }) => [asset.name, takeNewest(ranges, readLimit)])),
    listPublishedPartitions(plan),
    listReadPartitions(evaluation, plan, readLimit),
  )
  return new Map(
    [...partitions].map(([name, ranges]) => {
      const { computation } = getAsset(evaluation.graph, name)
      return [name, subtractRanges(ranges, plannedRanges.get(computation.name) ?? [])] as const
    }),
  )
}

function listPublishedPartitions({ publications }: Plan): AssetPartitions {
  return mergePartitions(
    ...publications.map(
      ({ tables }) => new Map(tables.map(({ asset, changed }) => [asset.name, toRanges(changed)])),
    ),
  )
}

/** Lists the partitions in the windows of the planned steps; windows of adjacent steps form one range. */
function listReadPartitions(
  evaluation: Evaluation,
  { work }: Plan,
  limit: number,
): AssetPartitions {
  const rangesByAsset = new Map<string, PartitionRange[]>()
  for (const { computation, ranges } of work)
    for (const { from, to } of ranges) {
      const ends = listStepRanges(evaluation, computation, to)
      for (const [at, { asset, range }] of listStepRanges(
        evaluation,
        computation,
        from,
      ).entries()) {
        const last = ends[at]?.range ?? range
        const first = range ?? last
        if (asset.kind === "source" || first === undefined || last === undefined) continue
        const assetRanges = rangesByAsset.get(asset.name)
        const span = { from: first.from, to: last.to }
        if (assetRanges === undefined) rangesByAsset.set(asset.name, [span])
        else assetRanges.push(span)
      }
    }
  return new Map(
    [...rangesByAsset].map(
      ([asset, ranges]) => [asset, takeNewest(joinRanges(ranges), limit)] as const,
    ),
  )
}
