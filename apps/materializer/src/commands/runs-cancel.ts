import { cancelRun } from "@freshet/services"

import { formatCancel } from "../render/run-detail.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Leaves time for a commit; the engine reacts within a second. */
const timeoutMs = 10_000

/** Asks a run of another process to stop, and waits for its end. */
export async function runsCancel(
  cli: CommandLine,
  { json }: { readonly json: boolean },
  id: string,
): Promise<number> {
  const document = await cancelRun(await loadServices(cli), { id, timeoutMs })
  await (json ? printJson(cli.out, document) : printLines(cli.out, formatCancel(document)))
  return document.outcome === "running" ? exitCodes.busy : exitCodes.done
}
