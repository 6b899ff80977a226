import type { RunKind } from "@freshet/core/engine"
import {
  finishRequest,
  finishTick,
  getRequestTarget,
  getRunKind,
  recordScheduleTick,
  type RecordedRequest,
  type RunRequest,
  type Services,
  submitRequest,
} from "@freshet/services"

import type { RequestDocument } from "./documents.ts"

/** The recorded work of a request. */
export interface RequestedWork {
  readonly id: string
  /** The command line that does the same. */
  readonly command: string
  readonly kind: RunKind
  readonly requestedMs: number
  /** Executes the work, or waits while another process does. Returns the outcome of its run; null when nothing ran. */
  readonly execute: (services: Services) => Promise<RequestDocument["outcome"]>
}

/** Records the request of a run. */
export async function recordRunWork(
  services: Services,
  request: RunRequest,
): Promise<RequestedWork> {
  return toRunWork(await submitRequest(services, request))
}

/** Converts a recorded request. */
export function toRunWork(request: RecordedRequest): RequestedWork {
  const { id, command, requestedMs } = request
  return {
    id: String(id),
    command,
    kind: getRunKind(getRequestTarget(request)),
    requestedMs,
    execute: (services) => finishRequest(services, request),
  }
}

/** Records the tick of a schedule. Fails for an unknown schedule. */
export async function recordTickWork(services: Services, name: string): Promise<RequestedWork> {
  const tick = await recordScheduleTick(services, { name })
  return {
    id: `tick-${tick.id}`,
    command: `freshet schedule tick ${name}`,
    kind: "schedule",
    requestedMs: tick.tickMs,
    execute: async (workServices) => {
      const result = await finishTick(workServices, tick, { wait: true })
      return result.kind === "executed" ? result.run.outcome : null
    },
  }
}
