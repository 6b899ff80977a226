import { createEventBus, runWorker } from "@freshet/services"

import { logFormats } from "../serve/event-log.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import type { ServeFlags } from "./serve.ts"
import { shutdownMs } from "./serve.ts"

export type WorkerFlags = Pick<ServeFlags, "log">

/** Executes due ticks and steps of the runs of other processes until it is stopped. */
export async function worker(cli: CommandLine, flags: WorkerFlags): Promise<number> {
  const bus = createEventBus()
  const services = await loadServices(cli, { emit: bus.emit, watchesSteps: false })
  const formatLine = logFormats[flags.log]
  bus.subscribe((event) => {
    const line = formatLine(event, cli.nowMs())
    if (line !== undefined) void cli.out.write(`${line}\n`)
  })
  cli.interruption.watch("Stopping: running steps are undone, finished partitions are retained.")
  cli.interruption.limitShutdown(shutdownMs)
  await printLines(cli.err, ["Waiting for runs and ticks."])
  await runWorker(services)
  return services.signal.aborted ? exitCodes.done : exitCodes.fault
}
