import { setTimeout as delay } from "node:timers/promises"

import { findRuns, requestCancel } from "@freshet/io"

import type { Config } from "../config.ts"
import { runRow } from "./history.ts"
import { withLedgerOf } from "./open-project.ts"
import type { RunRow } from "./project.ts"

/** What came of asking a run to stop. */
export type Cancellation =
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
  readonly patienceMs: number
}

const lookEveryMs = 100

/** Asks a run of another process to stop, and waits until it has. Asks nothing of the declarations, which may be broken. */
export async function cancelRun(
  config: Config,
  keeperCommand: readonly string[],
  { id, patienceMs }: CancelRequest,
): Promise<Cancellation> {
  return withLedgerOf(config, keeperCommand, async (client) => {
    const [found, ...others] = await findRuns(client, id)
    if (found === undefined || others.length > 0) return { kind: "unknown" }
    const look = async (): Promise<RunRow> => {
      const [run = found] = await findRuns(client, found.id)
      return runRow(run)
    }
    if (!(await requestCancel(client, found.id))) return { kind: "over", run: await look() }
    const deadline = Date.now() + patienceMs
    for (;;) {
      const run = await look()
      if (run.outcome !== "running") return { kind: "stopped", run }
      if (Date.now() > deadline) return { kind: "asked", run }
      await delay(lookEveryMs)
    }
  })
}
