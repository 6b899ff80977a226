import type { PlanRequest } from "@freshet/core/engine"

import type { ProjectPlan, Project } from "../project.ts"

/** What is to be run. */
export interface RunRequest {
  readonly title: string
  /** The command as a person would type it. */
  readonly command: string
  /** What is asked for, by the state as it is then. */
  readonly toPlanRequest: (project: Project) => PlanRequest
  /** Throws when the plan is not one that may be performed. */
  readonly verifyPlan?: (projectPlan: ProjectPlan) => void
  /** How many partitions a person asked for by naming days; 0 when none were named. */
  readonly countRequested: (project: Project) => number
  /** The partitions that a person named: of those that are left alone a preview says why. */
  readonly listNamedTargets?: (project: Project) => PlanRequest["targets"]
  /** Whether it is told where others can see how far it is. */
  readonly announcesRun: boolean
}
