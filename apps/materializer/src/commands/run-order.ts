import type { PlanRequest } from "@freshet/core"

import type { Planned, Project } from "../project/project.ts"

/** What is to be run. */
export interface RunOrder {
  readonly title: string
  /** The command as a person would type it. */
  readonly command: string
  /** What is asked for, by the state as it is then. */
  readonly request: (project: Project) => PlanRequest
  /** Throws when the plan is not one that may be performed. */
  readonly inspect?: (planned: Planned) => void
  /** How many partitions a person asked for by naming days; 0 when none were named. */
  readonly asked: (project: Project) => number
  /** The partitions that a person named: of those that are left alone a preview says why. */
  readonly named?: (project: Project) => PlanRequest["targets"]
  /** Whether it is told where others can see how far it is. */
  readonly announces: boolean
}
