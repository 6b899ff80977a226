import type { Schedule } from "@freshet/core/engine"
import type { RecordedTick } from "@freshet/io"

import { startTimer } from "../run/timer.ts"
import type { Services } from "../services.ts"
import { executeOpenTick } from "./execute-next-tick.ts"

/** The number of ticks that a process executes at once. */
const limit = 4

/** The time before the next attempt at a tick that another process executes, or while another command changes the project. */
export const busyRetryMs = 1_000

/** Executes ticks of different schedules at once, and those of one schedule one after the other. */
export interface TickExecutor {
  /** Starts the oldest free ticks. `onEnd` is called after the end of each. */
  readonly start: (openTicks: readonly RecordedTick[], onEnd: () => void) => void
  /** Tests if this process executes a tick of a schedule. */
  readonly isExecuting: (schedule: string) => boolean
  /** Fails with the error of a tick that has failed since the last call. */
  readonly throwFailure: () => void
  /** Waits for the end of all ticks. */
  readonly waitUntilIdle: () => Promise<void>
}

/** Creates an executor without ticks. */
export function createTickExecutor(
  services: Services,
  schedules: readonly Schedule[],
): TickExecutor {
  /** Schedule → its tick under way. */
  const tasks = new Map<string, Promise<void>>()
  const failures: unknown[] = []
  const execute = async (tick: RecordedTick) => {
    const outcome = await executeOpenTick(services, schedules, tick)
    if (outcome === "busy") await startTimer(busyRetryMs, services.signal).ended
  }
  return {
    start: (openTicks, onEnd) => {
      for (const tick of openTicks) {
        const { schedule } = tick
        if (services.signal.aborted || tasks.size >= limit) return
        if (tick.isTaken || tasks.has(schedule)) continue
        const task = execute(tick)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => {
            tasks.delete(schedule)
            onEnd()
          })
        tasks.set(schedule, task)
      }
    },
    isExecuting: (schedule) => tasks.has(schedule),
    throwFailure: () => {
      const [failure] = failures.splice(0)
      if (failure !== undefined) throw failure
    },
    waitUntilIdle: async () => void (await Promise.all(tasks.values())),
  }
}
