import { readRun } from "@freshet/services"

import { formatRunDetail } from "../render/run-detail.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface RunsShowFlags {
  readonly steps: boolean
  readonly json: boolean
}

/** Prints one run: its progress, its steps and its publications. */
export async function runsShow(
  cli: CommandLine,
  { steps: listsAllSteps, json }: RunsShowFlags,
  id: string,
): Promise<number> {
  const document = await readRun(await loadServices(cli), id)
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatRunDetail(document, listsAllSteps, cli.out.style)))
  return exitCodes.done
}
