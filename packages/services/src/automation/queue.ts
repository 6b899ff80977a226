import { FreshetError, getPriority, type Schedule } from "@freshet/core/engine"
import {
  type LedgerClient,
  readOpenRequests,
  readOpenTicks,
  type RecordedRequest,
  type RecordedTick,
  type WorkOutcome,
} from "@freshet/io"

import { isPassingFault } from "../run/execute-queued.ts"
import { executeRequest, getRequestTarget } from "../run/requests.ts"
import { getRunKind } from "../run/run-request.ts"
import type { Services } from "../services.ts"
import { executeOpenTick } from "./execute-open-tick.ts"
import type { FreeWork } from "./work-executor.ts"

/** The ticks and requests that have not ended, the oldest first. */
export interface Queue {
  readonly ticks: readonly RecordedTick[]
  readonly requests: readonly RecordedRequest[]
}

/** Reads the queue. */
export async function readQueue(client: LedgerClient): Promise<Queue> {
  return { ticks: await readOpenTicks(client), requests: await readOpenRequests(client) }
}

/** The time in which the server that accepted a request executes it, so that its page shows each step. */
const requestGraceMs = 5_000

/**
 * Lists the work that no process executes, the highest priority first: ticks in the queues of their schedules, and requests
 * in queues of their own.
 */
export function listFreeWork(
  services: Services,
  schedules: readonly Schedule[],
  { ticks, requests }: Queue,
): readonly FreeWork[] {
  const isFree = ({ isTaken, requestedMs }: RecordedRequest) =>
    !isTaken && services.nowMs() - requestedMs > requestGraceMs
  const work: readonly FreeWork[] = [
    ...ticks
      .filter(({ isTaken }) => !isTaken)
      .map((tick) => ({
        queue: `tick ${tick.schedule}`,
        kind: "schedule" as const,
        execute: () => executeOpenTick(services, schedules, tick),
      })),
    ...requests.filter(isFree).map((request) => ({
      queue: `request ${request.id}`,
      kind: getRunKind(getRequestTarget(request)),
      execute: () => executeOpenRequest(services, request),
    })),
  ]
  return work.toSorted((a, b) => getPriority(b.kind) - getPriority(a.kind))
}

/** Tests if a process may still have to execute work: an open tick, or a request that no process executes. */
export function hasOpenWork({ ticks, requests }: Queue): boolean {
  return ticks.length > 0 || requests.some(({ isTaken }) => !isTaken)
}

/** Executes a request of a server that does not. A rejected request has ended with its reason. */
async function executeOpenRequest(
  services: Services,
  request: RecordedRequest,
): Promise<WorkOutcome | "busy"> {
  try {
    const result = await executeRequest(services, request, { wait: false })
    if (result.kind === "taken") return "busy"
    return result.kind === "executed" ? result.run.outcome : "nothing"
  } catch (error) {
    if (!(error instanceof FreshetError)) throw error
    if (error.code === "busy") return "busy"
    if (isPassingFault(error)) throw error
    return "failed"
  }
}
