import type { RecordedRun } from "@freshet/io"

import { formatCommand } from "../plan/command-text.ts"
import { usageError } from "../plan/target-problems.ts"
import type { Services } from "../services.ts"
import { requireRun } from "./find-run.ts"
import { requireEnded } from "./retryable-run.ts"
import { toRunRow } from "./run-history.ts"
import type { RunRequest } from "./run-request.ts"

/** Creates the request for the unfinished partitions of a run. Needs no run lock, so a run in progress is an error at once. */
export async function createRetryRequest(
  services: Services,
  { id, publish: mayPublish }: { readonly id: string; readonly publish: boolean },
): Promise<RunRequest> {
  const run = await services.withLedger((client) => requireRun(client, id))
  requireEnded(toRunRow(run))
  requirePinned(run)
  const publish = mayPublish && !run.command.split(" ").includes("--no-publish")
  return {
    command: formatCommand("freshet", ["runs", "retry", run.id], { publish }),
    target: { kind: "retry", run: run.id, runKind: run.kind, publish },
  }
}

/** Fails for a run with --repin: which of its unfinished partitions were to be repinned is known to its command only. */
function requirePinned({ id, command }: RecordedRun): void {
  if (!command.split(" ").includes("--repin")) return
  throw usageError({
    kind: "usage",
    message: `Run ${id} was started with --repin and cannot be retried.`,
    hint: `Run its command again: \`${command}\`.`,
  })
}
