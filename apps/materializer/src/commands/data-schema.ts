import { readColumns } from "@freshet/services"

import { formatDataDictionary } from "../render/data-dictionary.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Prints the data dictionary of an asset. */
export async function dataSchema(
  cli: CommandLine,
  { json }: { readonly json: boolean },
  asset: string,
): Promise<number> {
  const document = await readColumns(await loadServices(cli), asset)
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatDataDictionary(document.columns, cli.out.style)))
  return exitCodes.done
}
