import { type LogLineDocument, readRunLog } from "@freshet/services"

import { formatLogLine } from "../render/run-log.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface RunsLogsFlags {
  readonly follow: boolean
  readonly json: boolean
}

/** Prints the messages that the code of a run's steps printed. */
export async function runsLogs(
  cli: CommandLine,
  { follow, json }: RunsLogsFlags,
  id: string,
): Promise<number> {
  const services = await loadServices(cli)
  if (follow) cli.interruption.watch("Stopping.")
  const jsonLines: LogLineDocument[] = []
  const log = await readRunLog(services, { id, follow }, async (lines) => {
    if (json) jsonLines.push(...lines)
    else await printLines(cli.out, lines.map(formatLogLine))
  })
  if (json) await printJson(cli.out, { ...log, lines: jsonLines })
  return exitCodes.done
}
