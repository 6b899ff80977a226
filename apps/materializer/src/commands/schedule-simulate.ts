import { simulateSchedules } from "@freshet/services"

import { formatSimulation, formatSimulationNotes } from "../render/schedules.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface ScheduleSimulateFlags {
  readonly from?: number
  readonly to?: number
  readonly limit: number
  readonly json: boolean
}

const weekMs = 7 * 86_400_000

/** Prints the ticks of a period. */
export async function scheduleSimulate(
  cli: CommandLine,
  { from: fromMs = cli.nowMs(), to: toMs = fromMs + weekMs, limit, json }: ScheduleSimulateFlags,
  name?: string,
): Promise<number> {
  const services = await loadServices(cli)
  const document = simulateSchedules(services, { name, fromMs, toMs, limit })
  if (json) await printJson(cli.out, document)
  else {
    await printLines(cli.out, formatSimulation(document, cli.out.style))
    await printLines(cli.err, formatSimulationNotes(document))
  }
  return exitCodes.done
}
