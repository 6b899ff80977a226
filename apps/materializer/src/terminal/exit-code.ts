import { FreshetError, type FreshetErrorCode, type RunResult } from "@freshet/core/engine"

/** What the exit status tells a script. */
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
  engine: exitCodes.failedAssets,
  input: exitCodes.failedAssets,
  publish: exitCodes.failedAssets,
  interrupted: exitCodes.interrupted,
}

export function getErrorExitCode(error: unknown): number {
  return error instanceof FreshetError ? errorExitCodes[error.code] : exitCodes.fault
}

/** A run that only checks stopped is told apart from one in which something broke. */
export function getRunExitCode(result: RunResult, interruptedExitCode: number): number {
  if (result.outcome === "succeeded") return exitCodes.done
  if (result.outcome === "interrupted") return interruptedExitCode
  const outcomes = [...result.steps.values()].map(({ kind }) => kind)
  const hasFailures =
    outcomes.includes("failed") || result.publications.some(({ error }) => error !== undefined)
  return hasFailures ? exitCodes.failedAssets : exitCodes.checkFailed
}
