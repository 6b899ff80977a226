import { refusedAmong } from "@freshet/core"

import { isEmpty } from "./empty-plan.ts"
import type { PlanBasis } from "./plan-basis.ts"
import type { Planned } from "./project.ts"

/** What a plan rests on; undefined unless it is empty, checks refuse nothing of what was asked for, and it is certain without a warning. */
export async function basisOf({ project, plan, files }: Planned): Promise<PlanBasis | undefined> {
  const isRefused = refusedAmong(project.evaluation, plan.targets).length > 0
  const isCertain = isEmpty(plan) && !isRefused && project.warnings.length === 0
  return isCertain && files !== undefined ? project.basis(files) : undefined
}
