import { setTimeout as delay } from "node:timers/promises"

import { findRuns, requestCancel } from "@freshet/io"

import type { RunRow } from "../project.ts"
import type { Services } from "../services.ts"
import { toRunRow } from "./run-history.ts"

/** What came of asking a run to stop. */
export type CancelResult =
  | { readonly kind: "unknown" }
  /** It had ended before anybody asked. */
  | { readonly kind: "over"; readonly run: RunRow }
  /** It has ended since it was asked. */
  | { readonly kind: "stopped"; readonly run: RunRow }
  /** It was asked, and has not ended yet. */
  | { readonly kind: "asked"; readonly run: RunRow }

/** Which run is to stop, and how long it is waited for. */
export interface CancelRequest {
  /** The run's id, or how it begins. */
  readonly id: string
  readonly timeoutMs: number
}

const pollIntervalMs = 100

/** Asks a run of another process to stop, and waits until it has. Asks nothing of the declarations, which may be broken. */
export async function cancelRun(
  services: Services,
  { id, timeoutMs }: CancelRequest,
): Promise<CancelResult> {
  return services.withLedger(async (client) => {
    const [targetRun, ...otherRuns] = await findRuns(client, id)
    if (targetRun === undefined || otherRuns.length > 0) return { kind: "unknown" }
    const readRun = async (): Promise<RunRow> => {
      const [run = targetRun] = await findRuns(client, targetRun.id)
      return toRunRow(run)
    }
    if (!(await requestCancel(client, targetRun.id))) return { kind: "over", run: await readRun() }
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const run = await readRun()
      if (run.outcome !== "running") return { kind: "stopped", run }
      if (Date.now() > deadline) return { kind: "asked", run }
      await delay(pollIntervalMs)
    }
  })
}
