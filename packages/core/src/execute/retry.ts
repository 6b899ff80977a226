import type { Retries } from "../declare/execution.ts"
import { type Step, getComputation } from "../plan/plan.ts"
import { FreshetError } from "../problem.ts"

/** Tests whether the work that threw an error may succeed at another time. Any error but Freshet's own may. */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof FreshetError) || error.isTransient
}

/** Returns the retries of a step's computation; undefined if its first failure ends it. */
export function getRetries(step: Step): Retries | undefined {
  return getComputation(step).execution.retries
}

/** Computes the pause after a failed attempt: exponential back-off with full jitter. `random` is from 0 to 1. */
export function computeBackoffMs(retries: Retries, attempt: number, random: number): number {
  const { backoffSeconds = 1, maxBackoffSeconds = 300 } = retries
  const limitSeconds = Math.min(maxBackoffSeconds, backoffSeconds * 2 ** (attempt - 1))
  return Math.round(random * limitSeconds * 1000)
}
