import { createEventBus, type EventBus, type Services } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { loadServices } from "../terminal/load-services.ts"
import { logFormats } from "./event-log.ts"

/** The form of a log. */
export type LogFormat = keyof typeof logFormats

/** Time limit of a shutdown with running user code; supervisors of processes kill after ten seconds. */
const shutdownMs = 9_000

/** Creates services whose events are printed as a log, for a command that works until it is stopped. */
export async function startLog(
  cli: CommandLine,
  format: LogFormat,
  stopMessage = "Stopping: running steps are undone, finished partitions are retained.",
): Promise<{ readonly services: Services; readonly bus: EventBus }> {
  const bus = createEventBus()
  const services = await loadServices(cli, { emit: bus.emit, watchesSteps: false })
  const formatLine = logFormats[format]
  bus.subscribe((event) => {
    const line = formatLine(event, cli.nowMs())
    if (line !== undefined) void cli.out.write(`${line}\n`)
  })
  cli.interruption.watch(stopMessage)
  cli.interruption.limitShutdown(shutdownMs)
  return { services, bus }
}
