import {
  buildPlan,
  type Computation,
  type Evaluation,
  listNewestTargets,
  savePlan,
  type Schedule,
  toCanonicalJson,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"

/** Computes the versions of the plans that materialize the newest partitions of schedules. A schedule whose plan has no step is absent. A run changes the version only if it changes the plan. */
export function computePlanVersions(
  { evaluation, hash }: Project,
  schedules: readonly Schedule[],
): ReadonlyMap<string, string> {
  const versions = new Map<string, string>()
  for (const { name, assets } of schedules) {
    const request = { targets: listNewestTargets(evaluation, assets), publish: true }
    const plan = buildPlan(evaluation, request)
    if (plan.work.length + plan.checks.length + plan.publications.length === 0) continue
    const { position: _, ...savedPlan } = savePlan(evaluation, plan, request, hash)
    const declaredChecks = plan.work.map(({ computation }) => findChecks(evaluation, computation))
    versions.set(name, hash(toCanonicalJson({ savedPlan, declaredChecks })))
  }
  return versions
}

/** Finds the versions of the declared checks of a computation's outputs. */
function findChecks({ numbers, versions }: Evaluation, { name }: Computation): readonly string[] {
  return versions[numbers.get(name) ?? -1]?.checks ?? []
}
