import { FreshetError, type FreshetErrorCode } from "@freshet/core/engine"
import type { RunDocument } from "@freshet/services"

/** The exit codes of the command. */
export const exitCodes = {
  done: 0,
  fault: 1,
  usage: 2,
  failedAssets: 3,
  checkFailed: 4,
  notFresh: 5,
  workToDo: 6,
  busy: 7,
  unreachable: 8,
  planMoved: 9,
  differs: 10,
  blocked: 11,
  interrupted: 130,
} as const

const errorExitCodes: Readonly<Record<FreshetErrorCode, number>> = {
  usage: exitCodes.usage,
  config: exitCodes.usage,
  check: exitCodes.checkFailed,
  busy: exitCodes.busy,
  moved: exitCodes.planMoved,
  postgres: exitCodes.unreachable,
  ledger: exitCodes.unreachable,
  store: exitCodes.unreachable,
  stream: exitCodes.unreachable,
  engine: exitCodes.failedAssets,
  input: exitCodes.failedAssets,
  publish: exitCodes.failedAssets,
  interrupted: exitCodes.interrupted,
}

export function getErrorExitCode(error: unknown): number {
  return error instanceof FreshetError ? errorExitCodes[error.code] : exitCodes.fault
}

/** Distinguishes a failed step or publication, failed checks, and requested partitions that are blocked. */
export function getRunExitCode(run: RunDocument, interruptedExitCode: number): number {
  const { outcome, steps, publications, remaining } = run
  if (outcome === "interrupted") return interruptedExitCode
  if (outcome !== "failed") {
    if (remaining.has_failed_checks) return exitCodes.checkFailed
    return remaining.is_blocked ? exitCodes.blocked : exitCodes.done
  }
  const hasFailures =
    steps.some((step) => step.outcome === "failed") ||
    publications.some(({ error }) => error !== null)
  return hasFailures ? exitCodes.failedAssets : exitCodes.checkFailed
}
