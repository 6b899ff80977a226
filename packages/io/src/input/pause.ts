import { setImmediate } from "node:timers/promises"

/** The time in milliseconds after which work gives way to signals, timers and other tasks of the process. */
const pauseEvery = 25

/** Creates a function for long loops: awaiting it lets the rest of the process run if that is due. */
export function createPause(): () => Promise<void> | undefined {
  let due = performance.now() + pauseEvery
  const pause = async () => {
    await setImmediate()
    due = performance.now() + pauseEvery
  }
  return () => (performance.now() < due ? undefined : pause())
}
