import type { RunKind } from "@freshet/core/engine"
import {
  executeRun,
  findSchedule,
  getRunKind,
  listProjectSchedules,
  type RunRequest,
  type Services,
  tickSchedule,
} from "@freshet/services"

import type { RequestDocument } from "./documents.ts"

/** The work of a request. */
export interface RequestedWork {
  /** The command line that does the same. */
  readonly command: string
  readonly kind: RunKind
  /** Executes the work. Returns the outcome of its run; null when nothing ran. */
  readonly execute: (services: Services) => Promise<RequestDocument["outcome"]>
}

/** Creates the work of a run. */
export function toRunWork(request: RunRequest): RequestedWork {
  return {
    command: request.command,
    kind: getRunKind(request.target),
    execute: async (services) => {
      const result = await executeRun(services, request, { failFast: false, wait: true })
      return result.kind === "executed" ? result.run.outcome : null
    },
  }
}

/** Creates the work of a tick. Fails for an unknown schedule. */
export function toTickWork(services: Services, name: string): RequestedWork {
  findSchedule(listProjectSchedules(services.config).schedules, name)
  return {
    command: `freshet schedule tick ${name}`,
    kind: "schedule",
    execute: async (workServices) => {
      const result = await tickSchedule(workServices, { name, wait: true })
      return result.kind === "executed" ? result.run.outcome : null
    },
  }
}
