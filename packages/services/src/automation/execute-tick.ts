import { FreshetError, type Schedule } from "@freshet/core/engine"
import type { RecordedTick, TickEnd } from "@freshet/io"

import type { RunDocument } from "../documents/run.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Project } from "../project.ts"
import { planAndExecute } from "../run/execute-run.ts"
import type { RunRequest } from "../run/run-request.ts"
import type { Services } from "../services.ts"

/** The course of a tick: its run, or nothing because another process had ended it. */
export type TickResult =
  | { readonly kind: "executed"; readonly run: RunDocument }
  | { readonly kind: "ended_elsewhere" }

/**
 * Executes the run of an open tick under the run lock. A tick whose process stops remains open, and the next process
 * executes it again; one that fails or that a person cancels has ended.
 */
export async function executeTick(
  services: Services,
  schedule: Schedule,
  tick: RecordedTick,
  { wait }: { readonly wait: boolean } = { wait: true },
): Promise<TickResult> {
  const lock = { wait, cancellable: true }
  return services.withProject({ lock, engine: "run" }, async (project) => {
    const runId = services.newRunId()
    if (!(await project.ledger.beginTick(tick.id, runId))) return { kind: "ended_elsewhere" }
    return runTick({ ...services, newRunId: () => runId }, project, { schedule, tick })
  })
}

async function runTick(
  services: Services,
  project: Project,
  { schedule, tick }: { readonly schedule: Schedule; readonly tick: RecordedTick },
): Promise<TickResult> {
  const { ledger } = project
  try {
    const options = { failFast: false, wait: true }
    const request = { ...createTickRequest(schedule, tick), ...options }
    const result = await planAndExecute(services, project, request)
    if (result.kind === "unconfirmed") throw new TypeError("a tick needs no confirmation")
    const isShutdown = result.run.outcome === "interrupted" && services.signal.aborted
    if (!isShutdown) await ledger.endTick(tick.id, { outcome: result.run.outcome })
    return { kind: "executed", run: result.run }
  } catch (error) {
    const end = findTickEnd(error)
    if (end !== undefined) await ledger.endTick(tick.id, end)
    throw error
  }
}

/** Finds the end of a tick that failed; undefined when the database or the run lock was lost, after which it can succeed. */
function findTickEnd(error: unknown): TickEnd | undefined {
  const isFinal =
    error instanceof FreshetError && !["postgres", "ledger", "interrupted"].includes(error.code)
  return isFinal ? { outcome: "failed", message: error.message } : undefined
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
