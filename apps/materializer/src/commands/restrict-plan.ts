import { type Plan, type Step, partitionKey, publicationSets } from "@freshet/core"

import type { Project } from "../project/project.ts"

/** Which of the partitions asked for are meant, by their state. */
export const onlyStates = ["missing", "failed", "stale", "all"] as const

export type OnlyState = (typeof onlyStates)[number]

/** The plan without the targets that are in another state, and without what only they need. */
export function onlyInState(project: Project, plan: Plan, only: OnlyState | undefined): Plan {
  if (only === undefined || only === "all") return plan
  const targets = targetComputations(project, plan)
  return restrictPlan(project, plan, (step) => {
    if (step.kind === "check") return false
    const range = targets.get(step.computation.name)
    const isTarget =
      range !== undefined && step.partition >= range.from && step.partition <= range.to
    return isTarget && step.status.kind === only
  })
}

function targetComputations({ graph }: Project, plan: Plan) {
  return new Map(
    [...plan.targets].flatMap(([name, range]) => {
      const asset = graph.assets.get(name)
      return asset?.kind === "asset" ? [[asset.computation.name, range] as const] : []
    }),
  )
}

/** The wanted steps of a plan and what they need; a publication whose rows would not be whole is left out. */
export function restrictPlan(
  project: Project,
  plan: Plan,
  isWanted: (step: Step) => boolean,
): Plan {
  const byId = new Map(plan.steps.map((step) => [step.id, step]))
  const kept = new Set<string>()
  const open = plan.steps.filter(isWanted)
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (kept.has(step.id)) continue
    kept.add(step.id)
    open.push(...step.after.flatMap((id) => byId.get(id) ?? []))
  }
  const dropped = new Set([...byId.keys()].filter((id) => !kept.has(id)))
  return {
    ...plan,
    steps: plan.steps.filter(({ id }) => kept.has(id)),
    publications: plan.publications.filter(
      ({ set, partition }) => !needsAny(project, set, partition, dropped),
    ),
  }
}

function needsAny(
  { graph }: Project,
  set: string,
  partition: number,
  dropped: ReadonlySet<string>,
): boolean {
  const assets = publicationSets(graph).get(set) ?? []
  return assets.some(({ computation, partitions }) =>
    dropped.has(`${computation.name} ${partitionKey(partitions, partition)}`),
  )
}
