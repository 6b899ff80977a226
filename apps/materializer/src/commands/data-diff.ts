import { diffRows } from "@freshet/services"

import { formatDiff } from "../render/diff.ts"
import { type CommandLine, printData, printJson } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface DataDiffFlags {
  readonly from?: string
  readonly fromVersion?: number
  readonly to?: string
  readonly toVersion?: number
  /** Names of columns, separated by commas. */
  readonly key?: string
  readonly limit: number
  readonly json: boolean
}

/** Prints the difference of two partitions, or of two versions of a partition. */
export async function dataDiff(
  cli: CommandLine,
  { key, json, ...flags }: DataDiffFlags,
  asset: string,
): Promise<number> {
  cli.interruption.watch("Stopping.")
  const keyNames = key?.split(",").map((name) => name.trim())
  const document = await diffRows(await loadServices(cli), { ...flags, asset, key: keyNames })
  await (json
    ? printJson(cli.out, document)
    : printData(cli.out, formatDiff(document, cli.out.style)))
  return exitCodes.done
}
