import { readDatabase } from "@freshet/services"

import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Prints where the database is, and if the embedded server runs. */
export async function dbStatus(
  cli: CommandLine,
  { json }: { readonly json: boolean },
): Promise<number> {
  const document = await readDatabase(await loadServices(cli))
  const { kind, state, stays_up: staysUp, location } = document
  const lines =
    kind === "external"
      ? [`A server of your own: ${location}`]
      : [`The embedded server is ${state}${staysUp ? " and stays up" : ""}: ${location}`]
  await (json ? printJson(cli.out, document) : printLines(cli.out, lines))
  return exitCodes.done
}
