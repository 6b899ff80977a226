import { getErrorMessage } from "@freshet/core/engine"

import { createWakeUp } from "./wake-up.ts"

/** The longest pause after a failure. */
export const longestPauseMs = 30_000
/** The pause after the first failure; it doubles with each further one up to the longest pause. */
const firstRetryMs = 1_000

/**
 * Repeats work that fails until it returns or the signal is aborted, and reports the failures. A call of `succeed` makes
 * the next pause short again.
 */
export async function keepTrying(
  signal: AbortSignal,
  report: (problem: string, retryMs: number) => void,
  work: (succeed: () => void) => Promise<void>,
): Promise<void> {
  const pause = createWakeUp()
  let retryMs = firstRetryMs
  while (!signal.aborted)
    try {
      return await work(() => (retryMs = firstRetryMs))
    } catch (error) {
      if (signal.aborted) return
      report(getErrorMessage(error), retryMs)
      await pause.wait(retryMs, signal)
      retryMs = Math.min(retryMs * 2, longestPauseMs)
    }
}
