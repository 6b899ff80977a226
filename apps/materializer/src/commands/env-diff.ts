import { diffEnvironment, diffEnvironmentRows } from "@freshet/services"

import { formatDiff } from "../render/diff.ts"
import { formatEnvironmentDiff } from "../render/environments.ts"
import { type CommandLine, printData, printJson } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface EnvDiffFlags {
  readonly partition?: string
  /** Names of columns, separated by commas. */
  readonly key?: string
  readonly limit: number
  readonly json: boolean
}

/** Prints the assets with other rows than in the default environment, or the rows of one asset that differ. */
export async function envDiff(
  cli: CommandLine,
  { key, json, ...flags }: EnvDiffFlags,
  name: string,
  asset?: string,
): Promise<number> {
  cli.interruption.watch("Stopping.")
  const services = await loadServices(cli)
  if (asset === undefined) {
    const document = await diffEnvironment(services, { name })
    await (json
      ? printJson(cli.out, document)
      : printData(cli.out, formatEnvironmentDiff(document, cli.out.style)))
    return exitCodes.done
  }
  const keyNames = key?.split(",").map((column) => column.trim())
  const document = await diffEnvironmentRows(services, { ...flags, name, asset, key: keyNames })
  await (json
    ? printJson(cli.out, document)
    : printData(cli.out, formatDiff(document, cli.out.style)))
  return exitCodes.done
}
