import { listEnvironments } from "@freshet/services"

import { formatEnvironmentList } from "../render/environments.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Prints the environments beside the default one. */
export async function envList(
  cli: CommandLine,
  { json }: { readonly json: boolean },
): Promise<number> {
  const document = await listEnvironments(await loadServices(cli))
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatEnvironmentList(document, cli.out.style)))
  return exitCodes.done
}
