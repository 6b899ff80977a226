import { FreshetError, getErrorMessage, type Schedule } from "@freshet/core/engine"
import { endTick, type RecordedTick } from "@freshet/io"

import type { RunDocument } from "../documents/run.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Project } from "../project.ts"
import { planAndExecute } from "../run/execute-run.ts"
import { requireRunLedger } from "../run/run-effects.ts"
import type { RunRequest } from "../run/run-request.ts"
import type { Services } from "../services.ts"

/** The course of a tick: its run, or nothing because another process executes it or had ended it. */
export type TickResult =
  | { readonly kind: "executed"; readonly run: RunDocument }
  | { readonly kind: "taken" }
  | { readonly kind: "ended_elsewhere" }

/**
 * Executes the run of an open tick, unless another process does. A tick whose process stops or loses the database remains open,
 * and the next process executes it again; one that fails or that a person cancels has ended.
 */
export async function executeTick(
  services: Services,
  schedule: Schedule,
  tick: RecordedTick,
  { wait }: { readonly wait: boolean },
): Promise<TickResult> {
  const lock = { mode: "shared", wait, cancellable: true } as const
  try {
    return await services.withProject({ lock, engine: "run" }, (project) =>
      runTick(services, project, { schedule, tick }),
    )
  } catch (error) {
    if (!isPassingFault(error)) {
      const end = { outcome: "failed", message: getErrorMessage(error) } as const
      await services.withLedger((client) => endTick(client, tick.id, end))
    }
    throw error
  }
}

async function runTick(
  services: Services,
  project: Project,
  { schedule, tick }: { readonly schedule: Schedule; readonly tick: RecordedTick },
): Promise<TickResult> {
  const { ledger } = project
  const runId = services.newRunId()
  const { claimTick } = requireRunLedger(project)
  if (!(await claimTick(tick.id, runId))) return { kind: "taken" }
  if (!(await ledger.beginTick(tick.id, runId))) return { kind: "ended_elsewhere" }
  services.emit({ kind: "tick_started", schedule: schedule.name, tickMs: tick.tickMs })
  const request = { ...createTickRequest(schedule, tick), failFast: false, wait: true }
  const result = await planAndExecute({ ...services, newRunId: () => runId }, project, request)
  if (result.kind === "unconfirmed") throw new TypeError("a tick needs no confirmation")
  const { run } = result
  const isShutdown = run.outcome === "interrupted" && services.signal.aborted
  if (!isShutdown) await ledger.endTick(tick.id, { outcome: run.outcome })
  return { kind: "executed", run }
}

/** The failures after which the same tick can succeed: another run, a lost database, a full disk, a shutdown. */
const passingFaults: readonly string[] = ["busy", "postgres", "ledger", "store", "interrupted"]

/** Tests if the same work can succeed later without a change of the project. */
export function isPassingFault(error: unknown): boolean {
  return error instanceof FreshetError && passingFaults.includes(error.code)
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
