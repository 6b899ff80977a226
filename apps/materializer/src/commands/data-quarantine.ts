import { readQuarantine } from "@freshet/services"

import { formatQuarantine } from "../render/quarantine.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { printLimit } from "../terminal/print-rows.ts"

export interface DataQuarantineFlags {
  readonly partition?: string
  readonly limit: number
  readonly json: boolean
}

/** Prints quarantined lines of a source with file, line number and reason. */
export async function dataQuarantine(
  cli: CommandLine,
  { partition, limit, json }: DataQuarantineFlags,
  source: string,
): Promise<number> {
  const services = await loadServices(cli)
  const document = await readQuarantine(services, { source, partition, limit })
  if (json) await printJson(cli.out, document)
  else {
    await printLines(cli.out, formatQuarantine(document, cli.out.style))
    if (document.more) await printLimit(cli, document.lines.length, "line")
  }
  return exitCodes.done
}
