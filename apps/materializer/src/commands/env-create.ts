import { createEnvironment } from "@freshet/services"

import { formatCreatedEnvironment } from "../render/environments.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface EnvCreateFlags {
  readonly wait: boolean
  readonly json: boolean
}

/** Creates an environment with the records of the default one. */
export async function envCreate(
  cli: CommandLine,
  { wait, json }: EnvCreateFlags,
  name: string,
): Promise<number> {
  cli.interruption.watch("Stopping.")
  const environment = await createEnvironment(await loadServices(cli), { name, wait })
  await (json
    ? printJson(cli.out, { environment })
    : printLines(cli.out, formatCreatedEnvironment(environment)))
  return exitCodes.done
}
