import { listRuns } from "@freshet/services"

import { formatRunList, formatRunListNote } from "../render/run-list.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface RunsListFlags {
  readonly limit: number
  readonly json: boolean
}

/** Prints the latest runs. */
export async function runsList(cli: CommandLine, { limit, json }: RunsListFlags): Promise<number> {
  const document = await listRuns(await loadServices(cli), { limit })
  if (json) await printJson(cli.out, document)
  else {
    await printLines(cli.out, formatRunList(document, cli.out.style))
    await printLines(cli.err, formatRunListNote(document.runs.length, limit))
  }
  return exitCodes.done
}
