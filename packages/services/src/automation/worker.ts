import { readLiveRuns } from "@freshet/io"

import { assistLiveRun } from "../run/assist-run.ts"
import { keepConnections } from "../run/keep-connections.ts"
import { keepSpareProcess } from "../run/keep-spare-process.ts"
import type { Services } from "../services.ts"
import { keepTrying } from "./keep-trying.ts"
import { listProjectSchedules } from "./project-schedules.ts"
import { listFreeWork, readQueue } from "./queue.ts"
import { createWakeUp } from "./wake-up.ts"

/** The time between two looks of an idle worker at the queue and at runs. */
const idlePauseMs = 1_000

/**
 * Executes open ticks, requests and steps of the runs of other processes until the services' signal is aborted. A lost database is
 * waited for. Fails with every problem of the declarations.
 */
export async function runWorker(services: Services): Promise<void> {
  const { schedules } = listProjectSchedules(services.config)
  const pause = createWakeUp()
  const report = (message: string, retryMs: number) =>
    services.emit({ kind: "scheduler_failed", message, retryMs })
  const loop = keepTrying(services.signal, report, async (succeed) => {
    while (!services.signal.aborted) {
      const queue = await services.withLedger(readQueue)
      const [work] = listFreeWork(services, schedules, queue)
      if (work === undefined || (await work.execute()) === "busy") {
        await assistAnyRun(services)
        await pause.wait(idlePauseMs, services.signal)
      }
      succeed()
    }
  })
  await Promise.all([loop, keepSpareProcess(services), keepConnections(services)])
}

/** Executes steps of the first live run of the highest priority that has steps for this process. Runs that only wait have none. */
async function assistAnyRun(services: Services): Promise<void> {
  const liveRuns = await services.withLedger(readLiveRuns)
  const runs = liveRuns.filter(({ isWaiting }) => !isWaiting)
  const highest = Math.max(...runs.map(({ priority }) => priority))
  for (const run of runs)
    if (run.priority === highest && (await assistLiveRun(services, run))) return
}
