import type { Timer } from "@freshet/core/engine"

/** Starts a timer that also ends when the signal is aborted. */
export function startTimer(ms: number, signal: AbortSignal): Timer {
  let cancel = () => {}
  const ended = new Promise<void>((resolve) => {
    const timeout = setTimeout(() => cancel(), ms)
    cancel = () => {
      clearTimeout(timeout)
      signal.removeEventListener("abort", cancel)
      resolve()
    }
    signal.addEventListener("abort", cancel)
    if (signal.aborted) cancel()
  })
  return { ended, cancel: () => cancel() }
}
