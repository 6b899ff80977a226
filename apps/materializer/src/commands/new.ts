import { addDeclaration, type DeclarationRequest } from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

/** Writes the file of a new asset or source, and adds it to the configuration. */
export async function createDeclaration(
  cli: CommandLine,
  { group }: { readonly group: string },
  kind: DeclarationRequest["kind"],
  name: string,
): Promise<number> {
  const { projectFolder } = await cli.loadConfig()
  const { file, config } = await addDeclaration(projectFolder, { kind, name, group })
  const registration =
    config === undefined
      ? `Add import("./${file}") to assets in freshet.config.ts.`
      : `${config} imports it.`
  await printLines(cli.out, [
    `Created ${file}. ${registration}`,
    ...(kind === "asset" ? [`  \`freshet materialize ${name}\` computes it.`] : []),
  ])
  return exitCodes.done
}
