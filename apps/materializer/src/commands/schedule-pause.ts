import { pauseSchedule } from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Pauses a schedule. */
export async function schedulePause(
  cli: CommandLine,
  _flags: object,
  name: string,
): Promise<number> {
  await pauseSchedule(await loadServices(cli), { name, paused: true })
  await printLines(cli.err, [
    `${name} is paused. \`freshet schedule resume ${name}\` resumes it; the ticks until then are skipped.`,
  ])
  return exitCodes.done
}
