import { hidePassword, readDatabase } from "@freshet/services"

import { type CommandLine, printData, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Prints the URL of the database, which is up meanwhile. */
export async function dbUrl(cli: CommandLine): Promise<number> {
  const services = await loadServices(cli)
  const url = await services.withDatabase(async (location) => location)
  await printData(cli.out, [hidePassword(url)])
  const { kind, stays_up: staysUp } = await readDatabase(services)
  if (kind === "embedded" && !staysUp)
    await printLines(cli.err, [
      "The server stops when no command uses it: `freshet db up` keeps it up.",
    ])
  return exitCodes.done
}
