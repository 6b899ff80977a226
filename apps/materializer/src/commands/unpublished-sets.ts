import { isReadyNow, type Plan, publicationSets } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { isPlanned } from "./plan-view.ts"

/** A publication set of which the run made something new that readers do not get, since other tables of it are not up to date. */
export interface UnpublishedSet {
  readonly set: string
  readonly open: readonly string[]
}

/** The sets that a run touched at their newest partition and could not publish as a whole. */
export function unpublishedSets(
  { evaluation, graph }: Project,
  plan: Plan,
): readonly UnpublishedSet[] {
  const planned = new Set(plan.publications.map(({ set }) => set))
  return [...publicationSets(graph)].flatMap(([set, assets]) => {
    const newest = assets.map((asset) => {
      const partition = evaluation.extents.get(asset.name)?.to ?? 0
      const isMade = isPlanned(plan, asset.computation, partition)
      return {
        name: asset.name,
        isMade,
        isOpen: !isMade && !isReadyNow(evaluation, asset, partition),
      }
    })
    const open = newest.filter(({ isOpen }) => isOpen).map(({ name }) => name)
    const touched = newest.some(({ isMade }) => isMade)
    return planned.has(set) || !touched || open.length === 0 ? [] : [{ set, open }]
  })
}
