import { access } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import type { Config, RunRequest } from "@freshet/services"
import { type AccessTokens, serveUi } from "@freshet/ui"

import { formatError } from "../render/problems.ts"
import { type CommandLine, printData, printLines } from "./command-line.ts"

/** The address of the web page, and the rights of its visitors. */
export interface PageFlags {
  readonly host: string
  readonly port: number
  readonly readOnly: boolean
}

/** Serves the web page until Ctrl-C. A first request is executed as if a visitor had sent it. */
export async function servePage(
  cli: CommandLine,
  flags: PageFlags,
  firstRequest?: RunRequest,
): Promise<void> {
  const { clientFolder } = cli
  await requireClient(clientFolder)
  const config = await cli.loadConfig()
  cli.interruption.watch("Stopping: running steps are undone, finished partitions are retained.")
  await serveUi({
    ...flags,
    clientFolder,
    firstRequest,
    commandFlag: cli.out.commandFlag,
    tokens: readTokens(config),
    createServices: (listener) => cli.createServices(config, listener),
    reportFault: (error) => void printLines(cli.err, formatError(error, cli.err.style, true)),
    onListening: (address) => void printData(cli.out, [`Freshet is at ${address}`]),
  })
}

function readTokens({ uiToken, uiViewerToken }: Config): AccessTokens | undefined {
  return uiToken === undefined ? undefined : { operator: uiToken, viewer: uiViewerToken }
}

async function requireClient(folder: string): Promise<void> {
  await access(join(folder, "index.html")).catch(() => {
    throw new FreshetError("usage", "The web page is not built.", {
      hint: "`npm run setup` builds it.",
    })
  })
}
