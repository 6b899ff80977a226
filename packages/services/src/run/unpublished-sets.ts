import {
  type Computation,
  groupPublicationSets,
  isInRanges,
  isReadyToPublish,
  type Plan,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"

/** A publication set that a run could not publish because other tables of it are stale. */
export interface UnpublishedSet {
  readonly set: string
  readonly staleAssets: readonly string[]
}

/** Finds the sets of which a plan materializes the newest partition and which it cannot publish as a whole. */
export function findUnpublishedSets(
  { evaluation, graph }: Project,
  plan: Plan,
): readonly UnpublishedSet[] {
  const plannedSets = new Set(plan.publications.map(({ set }) => set))
  return [...groupPublicationSets(graph)].flatMap(([set, assets]) => {
    const newestPartitions = assets.map((asset) => {
      const partition = evaluation.bounds.get(asset.name)?.to ?? 0
      const isMaterialized = isPlanned(plan, asset.computation, partition)
      return {
        name: asset.name,
        isMade: isMaterialized,
        isOpen: !isMaterialized && !isReadyToPublish(evaluation, asset, partition),
      }
    })
    const staleAssets = newestPartitions.filter(({ isOpen }) => isOpen).map(({ name }) => name)
    const isTouched = newestPartitions.some(({ isMade }) => isMade)
    return plannedSets.has(set) || !isTouched || staleAssets.length === 0
      ? []
      : [{ set, staleAssets }]
  })
}

function isPlanned({ work }: Plan, computation: Computation, index: number): boolean {
  const plannedWork = work.find((candidate) => candidate.computation.name === computation.name)
  return plannedWork !== undefined && isInRanges(plannedWork.ranges, index)
}
