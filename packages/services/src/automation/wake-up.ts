/** Ends a wait before its time. */
export interface WakeUp {
  readonly wake: () => void
  /** Waits for a time, for a call of `wake` since the last wait, or for the signal. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Creates a wake-up of one loop. */
export function createWakeUp(): WakeUp {
  let isAwake = false
  let end = () => {}
  return {
    wake: () => {
      isAwake = true
      end()
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => end(), ms)
        end = () => {
          clearTimeout(timer)
          signal.removeEventListener("abort", end)
          isAwake = false
          resolve()
        }
        signal.addEventListener("abort", end)
        if (isAwake || signal.aborted) end()
      }),
  }
}
