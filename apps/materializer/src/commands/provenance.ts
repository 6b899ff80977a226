import { readProvenance } from "@freshet/services"

import { formatProvenance } from "../render/provenance.ts"
import { type CommandLine, printData, printJson } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface ProvenanceFlags {
  readonly partition?: string
  readonly limit: number
  readonly json: boolean
}

/** Prints the landed lines that made a row, and the rows of the assets between. */
export async function provenance(
  cli: CommandLine,
  { json, ...flags }: ProvenanceFlags,
  table = "",
  ...key: readonly string[]
): Promise<number> {
  cli.interruption.watch("Stopping.")
  const document = await readProvenance(await loadServices(cli), { ...flags, table, key })
  await (json
    ? printJson(cli.out, document)
    : printData(cli.out, formatProvenance(document, cli.out.style)))
  return exitCodes.done
}
