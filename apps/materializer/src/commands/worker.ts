import { runWorker } from "@freshet/services"

import { type LogFormat, startLog } from "../serve/start-log.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

export interface WorkerFlags {
  readonly log: LogFormat
}

/** Executes due ticks and steps of the runs of other processes until it is stopped. */
export async function worker(cli: CommandLine, flags: WorkerFlags): Promise<number> {
  const { services } = await startLog(cli, flags.log)
  await printLines(cli.err, ["Waiting for runs and ticks."])
  await runWorker(services)
  return services.signal.aborted ? exitCodes.done : exitCodes.fault
}
