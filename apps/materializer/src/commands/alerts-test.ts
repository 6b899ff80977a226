import { testChannels } from "@freshet/services"

import { formatAlertTest } from "../render/alerts.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Sends a test message on every channel, and prints the results. */
export async function alertsTest(
  cli: CommandLine,
  { json }: { readonly json: boolean },
): Promise<number> {
  const document = await testChannels(await loadServices(cli))
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatAlertTest(document, cli.out.style)))
  const hasFailure = document.channels.some(({ error }) => error !== null)
  return hasFailure ? exitCodes.unreachable : exitCodes.done
}
