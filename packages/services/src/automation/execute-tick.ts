import type { Schedule } from "@freshet/core/engine"
import type { RecordedTick } from "@freshet/io"

import { toIsoTime } from "../iso-time.ts"
import { executeQueued, type QueuedResult } from "../run/execute-queued.ts"
import type { RunRequest } from "../run/run-request.ts"
import type { Services } from "../services.ts"

/** Executes the run of an open tick, unless another process does. */
export function executeTick(
  services: Services,
  schedule: Schedule,
  { tick, wait }: { readonly tick: RecordedTick; readonly wait: boolean },
): Promise<QueuedResult> {
  const { id, tickMs } = tick
  const queuedRun = {
    work: { kind: "tick", id },
    request: createTickRequest(schedule, tick),
    requestedMs: tickMs,
    onStart: () => services.emit({ kind: "tick_started", schedule: schedule.name, tickMs }),
  } as const
  return executeQueued(services, queuedRun, { wait })
}

/** Creates the request of a tick's run. */
function createTickRequest(
  { name, automation, assets }: Schedule,
  { tickMs, arrived }: RecordedTick,
): RunRequest {
  const words = ["freshet", "schedule", "tick", name]
  const time = automation.kind === "cron" ? ["--at", toIsoTime(tickMs)] : []
  return {
    command: [...words, ...time].join(" "),
    target: { kind: "tick", assets, tickMs, arrived },
  }
}
