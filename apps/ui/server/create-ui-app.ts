import type { Services } from "@freshet/services"
import { type Context, Hono } from "hono"
import { bodyLimit } from "hono/body-limit"
import { compress } from "hono/compress"
import * as z from "zod/mini"

import { serveClientFile } from "./client-files.ts"
import type { SessionDocument } from "./documents.ts"
import type { Endpoint } from "./endpoint.ts"
import { endpoints } from "./endpoints.ts"
import { type EventSourceOptions, streamEvents } from "./event-stream.ts"
import {
  type AccessOptions,
  addSecurityHeaders,
  createGuard,
  findRole,
  formatTokenCookie,
  type GuardEnvironment,
} from "./guard.ts"
import type { Runner } from "./local-runner.ts"
import { loginPage } from "./login-page.ts"
import { getProblemStatus, toProblems } from "./problems.ts"
import type { ReadOnce } from "./shared-project.ts"

/** The parts of the web application. */
export interface UiAppOptions {
  readonly services: Services
  readonly readOnce: ReadOnce
  readonly runner: Runner
  /** The version of Node that serves. */
  readonly nodeVersion: string
  readonly events: EventSourceOptions
  readonly access: AccessOptions
  /** The folder of the built client. */
  readonly clientFolder: string
  /** The flag that printed commands need: `--demo`. */
  readonly commandFlag?: string | undefined
  /** Reports a fault of the program. */
  readonly reportFault: (error: unknown) => void
}

const bodyLimitBytes = 64 * 1024

/** Creates the web application: documents of the services, an event stream, and the page. */
export function createUiApp(options: UiAppOptions): Hono<GuardEnvironment> {
  const app = new Hono<GuardEnvironment>()
  app.use(addSecurityHeaders)
  app.use(compress())
  app.use(createGuard(options.access))
  app.use(bodyLimit({ maxSize: bodyLimitBytes, onError: refuseBody }))
  addLogin(app, options.access)
  app.get("/api/session", (context) => {
    const commandFlag = options.commandFlag ?? null
    const { nowMs, config } = options.services
    const session: SessionDocument = {
      now: new Date(nowMs()).toISOString(),
      role: context.get("role"),
      command_flag: commandFlag,
      environment: config.environment ?? null,
    }
    return context.json(session, 200, { "cache-control": "no-store" })
  })
  app.get("/api/events", (context) => streamEvents(context, options.events))
  for (const endpoint of endpoints) addEndpoint(app, options, endpoint)
  app.all("/api/*", (context) => {
    const message = `No document is at ${context.req.path}.`
    return context.json({ problems: [{ kind: "usage", asset: null, message, hint: null }] }, 404)
  })
  const client = { folder: options.clientFolder, getLastEventId: options.events.hub.getLastId }
  app.get("*", (context) => serveClientFile(context, client))
  app.onError((error, context) => {
    if (getProblemStatus(error) === 500) options.reportFault(error)
    return context.json(toProblems(error), getProblemStatus(error))
  })
  return app
}

function refuseBody(context: Context): Response {
  const message = `The request is larger than ${bodyLimitBytes} bytes.`
  return context.json({ problems: [{ kind: "usage", asset: null, message, hint: null }] }, 413)
}

function addLogin(app: Hono<GuardEnvironment>, access: AccessOptions): void {
  app.get("/login", (context) => context.html(loginPage))
  app.post("/login", async (context) => {
    const { token } = await context.req.parseBody()
    if (typeof token !== "string" || findRole(access, token) === undefined)
      return context.html(loginPage, 401)
    context.header("set-cookie", formatTokenCookie(token))
    return context.redirect("/", 303)
  })
}

function addEndpoint(
  app: Hono<GuardEnvironment>,
  { services, readOnce, runner, nodeVersion }: UiAppOptions,
  { method, path, input, isLasting = false, handle }: Endpoint,
): void {
  app.on(method.toUpperCase(), path, async (context) => {
    const { req } = context
    const values: unknown = method === "get" ? req.query() : await req.json().catch(() => ({}))
    const parsed = z.safeParse(input, { ...toRecord(values), ...req.param() })
    if (!parsed.success) return context.json(describeInvalidInput(parsed.error), 400)
    const read = async () => {
      const endpointInput = { ...toRecord(values), ...req.param() }
      const document = await handle({ services, runner, nodeVersion }, endpointInput)
      return JSON.stringify(document, toJsonValue)
    }
    const headers = { "content-type": "application/json", "cache-control": "no-store" }
    if (!isLasting) return context.body(await read(), 200, headers)
    const { text, compressed } = await readOnce(req.url, read)
    return req.header("accept-encoding")?.includes("gzip") === true
      ? context.body(compressed, 200, { ...headers, "content-encoding": "gzip" })
      : context.body(text, 200, headers)
  })
}

function toRecord(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}
}

function describeInvalidInput({ issues }: z.core.$ZodError) {
  return {
    problems: issues.map(({ path, message }) => ({
      kind: "usage",
      asset: null,
      message: `${path.join(".")}: ${message}.`,
      hint: null,
    })),
  }
}

/** Converts whole numbers beyond 2^53 to text. */
function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
}
