import { releaseServer } from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Lets the embedded server stop. */
export async function dbDown(cli: CommandLine): Promise<number> {
  await releaseServer(await loadServices(cli))
  await printLines(cli.out, ["The server stops as soon as no command uses it."])
  return exitCodes.done
}
