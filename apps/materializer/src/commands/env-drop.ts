import { dropEnvironment } from "@freshet/services"

import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { confirmChange } from "../terminal/confirm.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface EnvDropFlags {
  readonly yes: boolean
  readonly wait: boolean
  readonly json: boolean
}

/** Drops an environment; a person at a terminal confirms first. */
export async function envDrop(
  cli: CommandLine,
  { yes, wait, json }: EnvDropFlags,
  name: string,
): Promise<number> {
  const isConfirmed = await confirmChange(cli, {
    yes,
    lines: [],
    question: `Drop the records and the published tables of the environment ${name}?`,
    refusal: "Nothing was dropped.",
  })
  if (!isConfirmed) return exitCodes.done
  const document = await dropEnvironment(await loadServices(cli), { name, wait })
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, [
        `The environment ${name} is dropped, with the schemas ${document.schemas.join(", ")}.`,
        "Its files stay in the lake until `freshet gc` deletes them.",
      ]))
  return exitCodes.done
}
