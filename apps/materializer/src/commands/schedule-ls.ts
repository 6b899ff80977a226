import { readSchedules } from "@freshet/services"

import { formatScheduleList } from "../render/schedules.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Prints the declared schedules. */
export async function scheduleLs(
  cli: CommandLine,
  { json }: { readonly json: boolean },
): Promise<number> {
  const document = await readSchedules(await loadServices(cli))
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatScheduleList(document, cli.out.style)))
  return exitCodes.done
}
