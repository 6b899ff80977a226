import { access } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import type { Config, Services } from "@freshet/services"
import {
  type AccessTokens,
  createUi,
  isLoopback,
  type ServeOptions,
  serveUi,
  type Ui,
} from "@freshet/ui"

import { formatError } from "../render/problems.ts"
import { type CommandLine, printData, printLines } from "./command-line.ts"
import { getClientFolder } from "./launch.ts"

/** The address of the web page, and the rights of its visitors. */
export interface PageFlags {
  readonly host: string
  /** Undefined: the usual port, or a free one if another program uses it. */
  readonly port: number | undefined
  readonly readOnly: boolean
}

const usualPorts = [8321, 0]

/** Work of a server beside its page, and the clock of its project. */
export interface PageWork extends Pick<ServeOptions, "firstRequest" | "backgroundWork"> {
  readonly nowMs?: (() => number) | undefined
}

/** Serves the web page until Ctrl-C. A first request is executed as if a visitor had sent it. */
export async function servePage(
  cli: CommandLine,
  { port, ...flags }: PageFlags,
  { nowMs, ...work }: PageWork = {},
): Promise<void> {
  const options = await readPageOptions(cli, flags, nowMs)
  cli.interruption.watch("Stopping: running steps are undone, finished partitions are retained.")
  const onListening = (address: string) => void printData(cli.out, [`Freshet is at ${address}`])
  await serveUi({ ...options, ...work, port: port ?? usualPorts, onListening })
}

/** Creates the web page as a part of a server; undefined on an address that needs a token when none is set. */
export async function createPage(cli: CommandLine, host: string): Promise<Ui | undefined> {
  const options = await readPageOptions(cli, { host, readOnly: false })
  return options.tokens === undefined && !isLoopback(host) ? undefined : createUi(options)
}

async function readPageOptions(
  cli: CommandLine,
  flags: Omit<PageFlags, "port">,
  nowMs?: () => number,
) {
  const clientFolder = getClientFolder()
  await requireClient(clientFolder)
  const config = await cli.loadConfig()
  return {
    ...flags,
    clientFolder,
    commandFlag: cli.out.commandFlag,
    nodeVersion: cli.versions.node,
    tokens: readTokens(config),
    createServices: (listener: Pick<Services, "emit" | "watchesSteps">) =>
      cli.createServices(config, nowMs === undefined ? listener : { ...listener, nowMs }),
    reportFault: (error: unknown) =>
      void printLines(cli.err, formatError(error, cli.err.style, true)),
  }
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
