import { setTimeout as delay } from "node:timers/promises"

import { formatAge, type ProblemsError } from "@freshet/core/engine"
import { requestCancel } from "@freshet/io"

import type { CancelDocument } from "../documents/runs.ts"
import { usageError } from "../plan/target-problems.ts"
import type { RunRow } from "../project.ts"
import type { Services } from "../services.ts"
import { requireRun } from "./find-run.ts"
import { toRunRow } from "./run-history.ts"

const pollIntervalMs = 100

/** Asks a run of another process to stop, and waits until it has ended or the time is over. */
export async function cancelRun(
  { withLedger, nowMs }: Services,
  { id, timeoutMs }: { readonly id: string; readonly timeoutMs: number },
): Promise<CancelDocument> {
  return withLedger(async (client) => {
    const targetRun = await requireRun(client, id)
    const readRun = async () => toRunRow(await requireRun(client, targetRun.id))
    if (!(await requestCancel(client, targetRun.id)))
      throw nothingToCancelError(await readRun(), nowMs())
    const deadline = nowMs() + timeoutMs
    for (;;) {
      const run = await readRun()
      if (run.outcome !== "running" || nowMs() > deadline) return toCancelDocument(run)
      await delay(pollIntervalMs)
    }
  })
}

function toCancelDocument({ id, outcome, steps, materialized }: RunRow): CancelDocument {
  return { run: id, outcome, steps, materialized }
}

function nothingToCancelError({ id, outcome, endedMs }: RunRow, nowMs: number): ProblemsError {
  const when = endedMs === undefined ? "" : ` ${formatAge(endedMs, nowMs)}`
  const reason = outcome === "running" ? "has just ended" : `has ended: ${outcome}${when}`
  return usageError({
    kind: "usage",
    message: `There is nothing to cancel: run ${id} ${reason}.`,
    hint: "`freshet runs` lists the runs, those in progress first.",
  })
}
