import { type DemoDataRequest, landDemoData, resolveLocation } from "@freshet/services"

import { formatDemoData } from "../render/demo-data.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { withDemoDataProgress } from "../terminal/demo-data-progress.ts"
import { exitCodes } from "../terminal/exit-code.ts"

export type DemoDataFlags = DemoDataRequest & { readonly json: boolean }

/** Generates files in the landing zone, and prints their counts. */
export async function demoData(
  cli: CommandLine,
  { json, landing: folder, ...request }: DemoDataFlags,
): Promise<number> {
  const landing = folder === undefined ? undefined : resolveLocation(cli.cwd, folder)
  cli.interruption.watch("Stopping after this file.")
  const document = await withDemoDataProgress(cli, (services) =>
    landDemoData(services, { ...request, landing }),
  )
  await (json ? printJson(cli.out, document) : printLines(cli.out, formatDemoData(document)))
  return exitCodes.done
}
