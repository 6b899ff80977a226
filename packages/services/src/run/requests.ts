import { FreshetError } from "@freshet/core/engine"
import {
  findRequest,
  insertRequest,
  readLatestRequests,
  readOpenRequests,
  type RecordedRequest,
  type WorkOutcome,
} from "@freshet/io"

import type { Services } from "../services.ts"
import { executeQueued, type QueuedResult } from "./execute-queued.ts"
import type { RunRequest, RunTarget } from "./run-request.ts"
import { startTimer } from "./timer.ts"

/** Records a request, which any process may then execute. */
export function submitRequest(services: Services, request: RunRequest): Promise<RecordedRequest> {
  return services.withLedger((client) => insertRequest(client, request))
}

/** Lists the latest requests of all servers, the newest first. */
export function listRequests(
  services: Services,
  limit: number,
): Promise<readonly RecordedRequest[]> {
  return services.withLedger((client) => readLatestRequests(client, limit))
}

/** Lists the requests that have not ended, the oldest first. */
export function listOpenRequests(services: Services): Promise<readonly RecordedRequest[]> {
  return services.withLedger(readOpenRequests)
}

/** Returns the target of a recorded request. */
export function getRequestTarget({ target }: RecordedRequest): RunTarget {
  return target as RunTarget // `submitRequest` recorded it
}

/** Executes an open request, unless another process does. */
export function executeRequest(
  services: Services,
  recordedRequest: RecordedRequest,
  { wait }: { readonly wait: boolean },
): Promise<QueuedResult> {
  const { id, command, requestedMs } = recordedRequest
  const work = { kind: "request", id } as const
  const request = { command, target: getRequestTarget(recordedRequest) }
  return executeQueued(services, { work, request, requestedMs }, { wait })
}

/** The time between two looks at a request that another process executes. */
const takenRetryMs = 500

/** Executes a request, or waits while another process does. Returns the outcome of its run. */
export async function finishRequest(
  services: Services,
  recordedRequest: RecordedRequest,
): Promise<WorkOutcome> {
  let request = recordedRequest
  while (request.outcome === undefined) {
    if (services.signal.aborted)
      throw new FreshetError("interrupted", "Interrupted before the request ended.")
    if (!request.isTaken) {
      const result = await executeRequest(services, request, { wait: true })
      if (result.kind === "executed") return result.run.outcome
    }
    await startTimer(takenRetryMs, services.signal).ended
    request = await services.withLedger((client) => findRequest(client, request.id))
  }
  return request.outcome
}
