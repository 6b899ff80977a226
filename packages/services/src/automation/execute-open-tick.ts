import { FreshetError, type Schedule } from "@freshet/core/engine"
import { endWork, type RecordedTick, type WorkOutcome } from "@freshet/io"

import { isPassingFault } from "../run/execute-queued.ts"
import type { Services } from "../services.ts"
import { executeTick } from "./execute-tick.ts"

/** Executes an open tick; "busy" if another process executes it, or changes the project. */
export async function executeOpenTick(
  services: Services,
  schedules: readonly Schedule[],
  tick: RecordedTick,
): Promise<WorkOutcome | "busy"> {
  const schedule = schedules.find(({ name }) => name === tick.schedule)
  if (schedule === undefined) return endUndeclaredTick(services, tick)
  try {
    const result = await executeTick(services, schedule, { tick, wait: false })
    if (result.kind === "taken") return "busy"
    const outcome = result.kind === "executed" ? result.run.outcome : "nothing"
    if (!services.signal.aborted) emitTickEnd(services, tick, { outcome })
    return outcome
  } catch (error) {
    if (!(error instanceof FreshetError)) throw error
    if (error.code === "busy") return "busy"
    if (isPassingFault(error)) throw error
    emitTickEnd(services, tick, { outcome: "failed", message: error.message })
    return "failed"
  }
}

async function endUndeclaredTick(services: Services, tick: RecordedTick): Promise<WorkOutcome> {
  const message = "The schedule is no longer declared."
  const end = { outcome: "failed", message } as const
  await services.withLedger((client) => endWork(client, { kind: "tick", id: tick.id }, end))
  emitTickEnd(services, tick, { outcome: "failed", message })
  return "failed"
}

function emitTickEnd(
  { emit }: Services,
  { schedule, tickMs }: RecordedTick,
  { outcome, message }: { readonly outcome: WorkOutcome; readonly message?: string },
): void {
  emit({ kind: "tick_ended", schedule, tickMs, outcome, message })
}
