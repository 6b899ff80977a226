import { randomUUID } from "node:crypto"

import { FreshetError } from "@freshet/core/engine"
import {
  keepSpareProcess,
  listOpenRequests,
  type ProjectWatcher,
  type RunRequest,
  type Services,
  watchProject,
} from "@freshet/services"
import type { Hono } from "hono"

import { createUiApp, type UiAppOptions } from "./create-ui-app.ts"
import type { UiEvent } from "./documents.ts"
import { createEventHub } from "./event-hub.ts"
import { type AccessTokens, type GuardEnvironment, loopbackNames } from "./guard.ts"
import { type HttpAddress, startHttpServer } from "./http-server.ts"
import { type CreateServices, createLocalRunner, type Runner } from "./local-runner.ts"
import { recordRunWork, toRunWork } from "./requested-work.ts"
import { shareProject } from "./shared-project.ts"

/** Settings of the web page. */
export interface UiOptions extends Pick<
  UiAppOptions,
  "clientFolder" | "commandFlag" | "nodeVersion" | "reportFault"
> {
  readonly createServices: CreateServices
  readonly host: string
  readonly readOnly: boolean
  readonly tokens: AccessTokens | undefined
  /** A request that is accepted at the start. */
  readonly firstRequest?: RunRequest | undefined
  /** Work beside the page that ends with its signal. `execute` runs a request and waits for its end. */
  readonly backgroundWork?: BackgroundWork | undefined
}

type BackgroundWork = (execute: (request: RunRequest) => Promise<void>) => Promise<void>

/** Settings of a server. */
export interface ServeOptions extends UiOptions, HttpAddress {
  readonly onListening: (address: string) => void
}

/** The web page as a part of a server. */
export interface Ui {
  readonly app: Hono<GuardEnvironment>
  /** Watches the project until the signal of the services is aborted, and ends accepted requests before it returns. */
  readonly run: () => Promise<void>
  readonly signal: AbortSignal
}

/** Creates the web page with its event stream and its runner. */
export async function createUi(options: UiOptions): Promise<Ui> {
  const { host, tokens, readOnly, createServices, firstRequest, backgroundWork, ...appOptions } =
    options
  requireTokens(host, tokens)
  const hub = createEventHub<UiEvent>(randomUUID().slice(0, 8))
  const { services, invalidate, readOnce } = shareProject(
    await createServices({ emit: () => {}, watchesSteps: false }),
  )
  const publish = (event: UiEvent) => {
    if (event.kind !== "step_started") invalidate()
    hub.publish(event)
  }
  const runner = createLocalRunner({ createServices, publish })
  const hostNames = tokens === undefined ? loopbackNames : undefined
  const access = { hostNames, tokens, readOnly }
  const ignoreLoss = () => {} // the next connection resumes them
  const resume = () => void resumeRequests(services, runner).catch(ignoreLoss)
  const { watcher, getLedgerFault } = createWatcher(publish, readOnly ? () => {} : resume)
  const events = { hub, getLedgerFault }
  return {
    app: createUiApp({ ...appOptions, services, readOnce, runner, events, access }),
    signal: services.signal,
    run: async () => {
      if (firstRequest !== undefined) runner.submit(await recordRunWork(services, firstRequest))
      const execute = async (request: RunRequest) => {
        runner.submit(await recordRunWork(services, request))
        await runner.waitUntilIdle()
      }
      const work = [watchProject(services, watcher), backgroundWork?.(execute)]
      await Promise.all([...work, readOnly ? undefined : keepSpareProcess(services)])
      await runner.waitUntilIdle()
    },
  }
}

/** Executes the requests that no server executes: those of servers that ended before. */
async function resumeRequests(services: Services, runner: Runner): Promise<void> {
  for (const request of await listOpenRequests(services))
    if (!request.isTaken) runner.submit(toRunWork(request))
}

/** Serves the page until the signal of the services is aborted. */
export async function serveUi(options: ServeOptions): Promise<void> {
  const ui = await createUi(options)
  const server = await startHttpServer(ui.app.fetch, options)
  options.onListening(`${server.url}/`)
  try {
    await ui.run()
  } finally {
    await server.close()
  }
}

/** Tests whether only this machine can connect to an address. */
export function isLoopback(host: string): boolean {
  return loopbackNames.has(host) || host === "::1"
}

/** Requires a token wherever other machines can connect. */
function requireTokens(host: string, tokens: AccessTokens | undefined): void {
  if (tokens !== undefined || isLoopback(host)) return
  throw new FreshetError("usage", `Other machines can connect to ${host}, and no token is set.`, {
    hint: "Set FRESHET_UI_TOKEN to a long random text, or serve 127.0.0.1.",
  })
}

/** Creates the watcher that publishes changes, and remembers if the ledger can be read. */
function createWatcher(publish: (event: UiEvent) => void, onConnected: () => void) {
  let ledgerFault: string | undefined
  const at = () => new Date().toISOString()
  const watcher: ProjectWatcher = {
    onConnected: () => {
      if (ledgerFault !== undefined) publish({ kind: "ledger_restored", at: at() })
      ledgerFault = undefined
      onConnected()
    },
    onChanged: () => publish({ kind: "project_changed", at: at() }),
    onLost: (error) => {
      const message = error instanceof Error ? error.message : String(error)
      if (ledgerFault === undefined) publish({ kind: "ledger_lost", at: at(), message })
      ledgerFault = message
    },
  }
  return { watcher, getLedgerFault: () => ledgerFault }
}
