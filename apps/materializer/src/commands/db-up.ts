import { keepServerUp } from "@freshet/services"

import { type CommandLine, printData, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Keeps the embedded server up for other programs, and prints its URL. */
export async function dbUp(cli: CommandLine): Promise<number> {
  const url = await keepServerUp(await loadServices(cli))
  await printData(cli.out, [url])
  await printLines(cli.err, ["The server stays up until `freshet db down`."])
  return exitCodes.done
}
