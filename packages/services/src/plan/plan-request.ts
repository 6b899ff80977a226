import type { PlanDocument } from "../documents/plan.ts"
import { requireNewPath } from "../new-path.ts"
import type { RunRequest } from "../run/run-request.ts"
import type { Services } from "../services.ts"
import { makePlan, toSavedPlan } from "./make-plan.ts"
import { createPlanDocument } from "./plan-document.ts"
import { writePlanFile } from "./plan-file.ts"

/** A file for a plan. */
export interface SaveRequest {
  readonly path: string
  /** Replaces an existing file. */
  readonly force: boolean
}

/** Plans a request and executes nothing; saves the plan if requested. */
export async function planRequest(
  services: Services,
  { command, target }: RunRequest,
  save?: SaveRequest,
): Promise<PlanDocument> {
  if (save !== undefined) requireNewPath(save.path, save.force)
  return services.withProject({}, async (project) => {
    const requestedPlan = await makePlan(project, target, "preview")
    if (save !== undefined) {
      const file = { command, savedMs: services.nowMs(), plan: toSavedPlan(requestedPlan) }
      await writePlanFile(save.path, file, save.force)
    }
    return createPlanDocument(requestedPlan, command, save?.path ?? null)
  })
}
