import { FreshetError, getErrorMessage } from "@freshet/core/engine"
import { endWork, type QueuedWork } from "@freshet/io"

import type { RunDocument } from "../documents/run.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { planAndExecute } from "./execute-run.ts"
import { requireRunLedger } from "./run-effects.ts"
import type { RunRequest } from "./run-request.ts"

/** Queued work with the request of its run. */
export interface QueuedRun {
  readonly work: QueuedWork
  readonly request: RunRequest
  /** The time at which a tick was due or a request was accepted. */
  readonly requestedMs: number
  /** Called when this process has claimed the work. */
  readonly onStart?: () => void
}

/** The course of queued work: its run, or nothing because another process executes it or had ended it. */
export type QueuedResult =
  | { readonly kind: "executed"; readonly run: RunDocument }
  | { readonly kind: "taken" }
  | { readonly kind: "ended_elsewhere" }

/**
 * Executes queued work, unless another process does. Work whose process stops or loses the database remains open, and the
 * next process executes it again; work that fails or that a person cancels has ended. A recorded run ends its work itself.
 */
export async function executeQueued(
  services: Services,
  queuedRun: QueuedRun,
  { wait }: { readonly wait: boolean },
): Promise<QueuedResult> {
  const lock = { mode: "shared", wait, cancellable: true } as const
  try {
    return await services.withProject({ lock, engine: "run" }, (project) =>
      claimAndExecute(services, project, queuedRun),
    )
  } catch (error) {
    if (!isPassingFault(error)) {
      const end = { outcome: "failed", message: getErrorMessage(error) } as const
      await services.withLedger((client) => endWork(client, queuedRun.work, end))
    }
    throw error
  }
}

async function claimAndExecute(
  services: Services,
  project: Project,
  { work, request, requestedMs, onStart }: QueuedRun,
): Promise<QueuedResult> {
  const { ledger } = project
  const runId = services.newRunId()
  const { claimWork } = requireRunLedger(project)
  if (!(await claimWork(work, runId))) return { kind: "taken" }
  if (!(await ledger.beginWork(work, runId))) return { kind: "ended_elsewhere" }
  onStart?.()
  const options = { failFast: false, wait: true, requestedMs }
  const runServices = { ...services, newRunId: () => runId }
  const result = await planAndExecute(runServices, project, { ...request, ...options })
  if (result.kind === "unconfirmed") throw new TypeError("queued work needs no confirmation")
  const { run } = result
  if (run.outcome === "nothing") await ledger.endWork(work, { outcome: run.outcome })
  return { kind: "executed", run }
}

/** The failures after which the same work can succeed: another run, a lost database, a full disk, a shutdown. */
const passingFaults: readonly string[] = ["busy", "postgres", "ledger", "store", "interrupted"]

/** Tests if the same work can succeed later without a change of the project. */
export function isPassingFault(error: unknown): boolean {
  return error instanceof FreshetError && passingFaults.includes(error.code)
}
