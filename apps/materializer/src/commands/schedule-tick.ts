import { type TickScheduleResult, tickSchedule } from "@freshet/services"

import { formatRun } from "../render/run.ts"
import { formatEndedTick } from "../render/schedules.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes, getRunExitCode } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { createPathFormatter } from "../terminal/paths.ts"
import { createRunReporter } from "../terminal/run-reporter.ts"

export interface ScheduleTickFlags {
  readonly at?: number
  readonly wait: boolean
  readonly json: boolean
}

/** Executes a tick of a schedule and prints its run. */
export async function scheduleTick(
  cli: CommandLine,
  { at: atMs, wait, json }: ScheduleTickFlags,
  name: string,
): Promise<number> {
  const reporter = createRunReporter(cli, `freshet schedule tick ${name}`, { jsonLines: false })
  const services = await loadServices(cli, reporter)
  cli.interruption.watch(
    "Stopping: running steps are undone, finished partitions are retained.",
    reporter.print,
  )
  try {
    const result = await tickSchedule(services, { name, atMs, wait })
    reporter.stop()
    await (json ? printResultJson(cli, result) : printResult(cli, result))
    return result.kind === "executed"
      ? getRunExitCode(result.run, cli.interruption.getExitCode())
      : exitCodes.done
  } finally {
    reporter.stop()
  }
}

function printResultJson({ out }: CommandLine, result: TickScheduleResult): Promise<void> {
  return printJson(out, result.kind === "executed" ? result.run : result.tick)
}

function printResult(cli: CommandLine, result: TickScheduleResult): Promise<void> {
  const lines =
    result.kind === "executed"
      ? formatRun(result.run, createPathFormatter(cli), cli.out.style)
      : formatEndedTick(result.tick)
  return printLines(cli.out, lines)
}
