import { listAssets } from "@freshet/services"

import { formatAssetList } from "../render/asset-list.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface AssetsFlags {
  readonly json: boolean
}

/** Prints the declared assets. */
export async function assets(
  cli: CommandLine,
  { json }: AssetsFlags,
  ...selection: readonly string[]
): Promise<number> {
  const document = await listAssets(await loadServices(cli), selection)
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatAssetList(document, cli.out.style)))
  return exitCodes.done
}
