import { groupPublicationSets, isReadyToPublish, type Plan } from "@freshet/core/engine"

import { isPlanned } from "../plan/plan-details.ts"
import type { Project } from "../project.ts"

/** A publication set of which the run made something new that readers do not get, since other tables of it are not up to date. */
export interface UnpublishedSet {
  readonly set: string
  readonly staleAssets: readonly string[]
}

/** The sets that a run touched at their newest partition and could not publish as a whole. */
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
