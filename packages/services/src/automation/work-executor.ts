import type { RunKind } from "@freshet/core/engine"
import type { WorkOutcome } from "@freshet/io"

import { startTimer } from "../run/timer.ts"
import type { Services } from "../services.ts"

/** The number of runs of one kind that a process executes at once. */
const limit = 4

/** The time before the next attempt at work that another process executes, or while another command changes the project. */
export const busyRetryMs = 1_000

/** Queued work that no process executes. Work of one queue is executed one after the other. */
export interface FreeWork {
  readonly queue: string
  readonly kind: RunKind
  /** Returns "busy" if another process executes it, or changes the project. */
  readonly execute: () => Promise<WorkOutcome | "busy">
}

/** Executes queued work of different queues at once. */
export interface WorkExecutor {
  /** Starts the first work of each queue. `onEnd` is called after the end of each. */
  readonly start: (work: readonly FreeWork[], onEnd: () => void) => void
  /** Tests if this process executes work of a queue. */
  readonly isExecuting: (queue: string) => boolean
  /** Fails with the error of work that has failed since the last call. */
  readonly throwFailure: () => void
  /** Waits for the end of all work. */
  readonly waitUntilIdle: () => Promise<void>
}

interface Task {
  readonly kind: RunKind
  readonly end: Promise<void>
}

/** Creates an executor without work. */
export function createWorkExecutor({ signal }: Services): WorkExecutor {
  const tasks = new Map<string, Task>()
  const failures: unknown[] = []
  const count = (kind: RunKind) => [...tasks.values()].filter((task) => task.kind === kind).length
  const executeOrPause = async ({ execute }: FreeWork) => {
    if ((await execute()) === "busy") await startTimer(busyRetryMs, signal).ended
  }
  return {
    start: (freeWork, onEnd) => {
      for (const work of freeWork) {
        const { queue, kind } = work
        if (signal.aborted || tasks.has(queue) || count(kind) >= limit) continue
        const end = executeOrPause(work)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => {
            tasks.delete(queue)
            onEnd()
          })
        tasks.set(queue, { kind, end })
      }
    },
    isExecuting: (queue) => tasks.has(queue),
    throwFailure: () => {
      const [failure] = failures.splice(0)
      if (failure !== undefined) throw failure
    },
    waitUntilIdle: async () => void (await Promise.all([...tasks.values()].map(({ end }) => end))),
  }
}
