import { formatInstant } from "@freshet/core/engine"
import { createEventBus, type EventBus, type Services } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { loadServices } from "../terminal/load-services.ts"
import { type LogEntry, toLogEntry } from "./event-log.ts"

/** The form of a log. */
export type LogFormat = "text" | "json"

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
  const log = format === "json" ? await openJsonLog(cli) : openTextLog(cli)
  bus.subscribe((event) => {
    const entry = toLogEntry(event)
    if (entry !== undefined) log(entry)
  })
  cli.interruption.watch(stopMessage)
  cli.interruption.limitShutdown(shutdownMs)
  return { services, bus }
}

type Log = (entry: LogEntry) => void

function openTextLog({ out, nowMs }: CommandLine): Log {
  return ({ message }) => void out.write(`${formatInstant(nowMs())}  ${message}\n`)
}

async function openJsonLog({ out, nowMs }: CommandLine): Promise<Log> {
  const { createJsonLog } = await import("./json-log.ts")
  return createJsonLog((line) => void out.write(line), nowMs)
}
