import { listAlerts } from "@freshet/services"

import { formatAlertList } from "../render/alerts.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface AlertsLsFlags {
  readonly limit: number
  readonly json: boolean
}

/** Prints the newest alerts. */
export async function alertsLs(cli: CommandLine, { limit, json }: AlertsLsFlags): Promise<number> {
  const document = await listAlerts(await loadServices(cli), { limit })
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatAlertList(document, cli.out.style)))
  return exitCodes.done
}
