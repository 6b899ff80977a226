import { buildPlan, findPlanDrift, ProblemsError, savePlan } from "@freshet/core/engine"

import type { Project, ProjectPlan } from "../project.ts"
import { addDamaged } from "../run/backfill-downstream.ts"
import type { RunTarget } from "../run/run-request.ts"
import { describeMissingCopies } from "./missing-copies.ts"
import { planWithExistingFiles } from "./missing-files.ts"
import { type ResolvedTargets, resolveRunTarget } from "./run-targets.ts"
import { unpinPartitions } from "./unpin-partitions.ts"

/** A plan, and the request that it answers. */
export interface RequestedPlan extends ProjectPlan {
  readonly targets: ResolvedTargets
}

/** Plans a request over the files that exist. Fails when a saved plan would be executed differently now. */
export async function makePlan(
  initialProject: Project,
  target: RunTarget,
  purpose: "preview" | "run",
): Promise<RequestedPlan> {
  const requestedPlan = await planWithExistingFiles(
    await unpinPartitions(initialProject, target),
    async (project) => {
      const targets = await resolveWithDamage(project, target)
      return { plan: buildPlan(project.evaluation, targets.planRequest), targets }
    },
    purpose,
  )
  if (target.kind === "saved_plan") requireNoDrift(target.plan, requestedPlan)
  const { project, plan } = requestedPlan
  const warnings = [...project.warnings, ...(await describeMissingCopies(project, plan))]
  return { ...requestedPlan, project: { ...project, warnings } }
}

/** Adds the damaged partitions and everything downstream of them. A saved plan has them already. */
async function resolveWithDamage(project: Project, target: RunTarget): Promise<ResolvedTargets> {
  const targets = await resolveRunTarget(project, target)
  if (target.kind === "saved_plan") return targets
  return { ...targets, planRequest: addDamaged(project, targets.planRequest) }
}

type SavedPlan = ReturnType<typeof savePlan>

function requireNoDrift(savedPlan: SavedPlan, requestedPlan: RequestedPlan): void {
  const problems = findPlanDrift(savedPlan, toSavedPlan(requestedPlan))
  if (problems.length > 0) throw new ProblemsError("moved", problems)
}

/** Converts a plan to the form in which it is saved. */
export function toSavedPlan({ project, plan, targets }: RequestedPlan): SavedPlan {
  return savePlan(project.evaluation, plan, targets.planRequest, project.hash)
}
