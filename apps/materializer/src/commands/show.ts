import { readAssetDetail } from "@freshet/services"

import { formatAssetDetail } from "../render/asset-detail.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface ShowFlags {
  readonly partition?: string
  readonly json: boolean
}

/** Prints the declaration and the state of one asset. */
export async function show(
  cli: CommandLine,
  { partition, json }: ShowFlags,
  asset: string,
): Promise<number> {
  cli.interruption.watch("Stopping.")
  const document = await readAssetDetail(await loadServices(cli), { asset, partition })
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatAssetDetail(document, cli.out.style)))
  return exitCodes.done
}
