import { promoteEnvironment } from "@freshet/services"

import { formatPromotion } from "../render/environments.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { getRunExitCode } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { createPathFormatter } from "../terminal/paths.ts"

export interface EnvPromoteFlags {
  readonly wait: boolean
  readonly json: boolean
}

/** Makes the materializations of an environment current in the default one, and publishes them. */
export async function envPromote(
  cli: CommandLine,
  { wait, json }: EnvPromoteFlags,
  name: string,
): Promise<number> {
  cli.interruption.watch("Stopping: either all partitions are promoted or none.")
  const document = await promoteEnvironment(await loadServices(cli), { name, wait })
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatPromotion(document, createPathFormatter(cli), cli.out.style)))
  return getRunExitCode(document.run, cli.interruption.getExitCode())
}
