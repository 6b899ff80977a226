import { pauseSchedule } from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Resumes a schedule. */
export async function scheduleResume(
  cli: CommandLine,
  _flags: object,
  name: string,
): Promise<number> {
  await pauseSchedule(await loadServices(cli), { name, paused: false })
  await printLines(cli.err, [`${name} is active.`])
  return exitCodes.done
}
