import { listRequests, type RecordedRequest, type Services } from "@freshet/services"

import type { RequestDocument } from "./documents.ts"
import type { Runner } from "./local-runner.ts"

const listedCount = 50

/** Lists the requests of this server with their progress, and those of other servers, the newest first. */
export async function listRequestDocuments(
  services: Services,
  runner: Pick<Runner, "list">,
): Promise<readonly RequestDocument[]> {
  const documents = runner.list()
  const ids = new Set(documents.map(({ request }) => request))
  const otherDocuments = (await listRequests(services, listedCount)).map(toRequestDocument)
  return [...documents, ...otherDocuments.filter(({ request }) => !ids.has(request))]
    .toSorted((a, b) => b.requested_at.localeCompare(a.requested_at))
    .slice(0, listedCount)
}

function toRequestDocument(recordedRequest: RecordedRequest): RequestDocument {
  const { id, command, requestedMs, run, outcome, message } = recordedRequest
  const isRejected = message !== undefined
  return {
    request: String(id),
    command,
    state: getState(recordedRequest),
    requested_at: new Date(requestedMs).toISOString(),
    run: run ?? null,
    progress: null,
    outcome: isRejected ? null : (outcome ?? null),
    problems: isRejected ? [{ kind: "request", asset: null, message, hint: null }] : [],
  }
}

function getState({ outcome, message, isTaken }: RecordedRequest): RequestDocument["state"] {
  if (message !== undefined) return "rejected"
  if (outcome !== undefined) return "ended"
  return isTaken ? "running" : "queued"
}
