import { findRuns } from "@freshet/io"

import { formatCommand } from "../plan/command-text.ts"
import type { Services } from "../services.ts"
import { requireEnded, unknownRunError } from "./retryable-run.ts"
import { toRunRow } from "./run-history.ts"
import type { RunRequest } from "./run-request.ts"

/** Creates the request for the unfinished partitions of a run. Needs no run lock, so a run in progress is an error at once. */
export async function createRetryRequest(
  services: Services,
  { id, publish: mayPublish }: { readonly id: string; readonly publish: boolean },
): Promise<RunRequest> {
  const [run, ...otherRuns] = await services.withLedger((client) => findRuns(client, id))
  if (run === undefined || otherRuns.length > 0) throw unknownRunError(id)
  requireEnded(toRunRow(run))
  const publish = mayPublish && !run.command.split(" ").includes("--no-publish")
  return {
    command: formatCommand("freshet", ["runs", "retry", run.id], { publish }),
    target: { kind: "retry", run: run.id, publish },
  }
}
