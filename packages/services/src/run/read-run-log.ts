import { readLogLines, type RecordedLogLine } from "@freshet/io"

import type { LogLineDocument, RunLogDocument, RunLogPageDocument } from "../documents/runs.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Services } from "../services.ts"
import { requireRun } from "./find-run.ts"
import { startTimer } from "./timer.ts"

/** The run of a log, by the beginning of its id. */
export interface RunLogRequest {
  readonly id: string
  /** Waits for further lines until the run has ended. */
  readonly follow: boolean
}

/** The number of lines that are read together. */
const pageLines = 1000
const pollMs = 500

/** Reads the log of a run. Lines are passed on as they are read; the result has the outcome and no lines. */
export async function readRunLog(
  services: Services,
  { id, follow }: RunLogRequest,
  consume: (lines: readonly LogLineDocument[]) => Promise<void>,
): Promise<Pick<RunLogDocument, "run" | "outcome">> {
  return services.withLedger(async (client) => {
    let afterId = 0
    for (
      let target = await requireRun(client, id);
      ;
      target = await requireRun(client, target.id)
    ) {
      const { id: run, outcome = "running" } = target
      const lines = await readLogLines(client, { run, afterId, limit: pageLines })
      afterId = lines.at(-1)?.id ?? afterId
      if (lines.length > 0) await consume(lines.map(toLogLineDocument))
      if (lines.length === pageLines) continue
      if (!follow || outcome !== "running" || services.signal.aborted) return { run, outcome }
      await startTimer(pollMs, services.signal).ended
    }
  })
}

/** Selects a page of the log of a run, by the beginning of its id. */
export interface RunLogPageRequest {
  readonly id: string
  /** All steps unless given: `user_recs 2026-01-05`. */
  readonly step?: string | undefined
  /** The `next` of the previous page; 0 for the first. */
  readonly after: number
  readonly limit: number
}

/** Reads a page of the log of a run. A page with fewer lines than its limit is the last at the moment. */
export async function readRunLogPage(
  services: Services,
  { id, step, after, limit }: RunLogPageRequest,
): Promise<RunLogPageDocument> {
  return services.withLedger(async (client) => {
    const { id: run, outcome = "running" } = await requireRun(client, id)
    const lines = await readLogLines(client, { run, step, afterId: after, limit })
    return { run, outcome, lines: lines.map(toLogLineDocument), next: lines.at(-1)?.id ?? after }
  })
}

function toLogLineDocument({ step, attempt, level, atMs, text }: RecordedLogLine): LogLineDocument {
  return { step, attempt, level, at: toIsoTime(atMs), text }
}
