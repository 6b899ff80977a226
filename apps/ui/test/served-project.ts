import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

import { withTestDatabase } from "@freshet/embedded-postgres/testing"
import {
  createServices,
  executeRun,
  type FreshetConfig,
  resolveConfig,
  type Services,
} from "@freshet/services"

import { serveUi, type ServeOptions } from "../server/index.ts"
import { formatOrders, shopAssets, shopQueries } from "./shop.ts"

/** A served project in a folder of its own. */
export interface ServedProject {
  /** The address of the server: `http://127.0.0.1:40123`. */
  readonly address: string
  /** Services as another process has them. */
  readonly services: Services
  readonly land: (path: string, content: string) => void
  /** Materializes the newest partitions as another process does. */
  readonly materialize: () => Promise<void>
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>
  readonly post: (
    path: string,
    body: object,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>
}

type ServedOptions = Partial<Pick<ServeOptions, "readOnly" | "tokens">> &
  Partial<Pick<FreshetConfig, "assets" | "automation" | "demo" | "migrations" | "pageQueries">>

const clientFolder = fileURLToPath(new URL("../.build/client", import.meta.url))

/** Runs `work` with a server over a shop with four landed days. */
export async function withServedProject(
  work: (project: ServedProject) => Promise<void>,
  { readOnly = false, tokens, ...settings }: ServedOptions = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-ui-"))
  const controller = new AbortController()
  try {
    await withTestDatabase(async (url) => {
      const land = (path: string, content: string) => {
        const target = join(folder, "landing", path)
        mkdirSync(dirname(target), { recursive: true })
        writeFileSync(target, content)
      }
      landDays(land)
      const environment = { DATABASE_URL: url }
      const config = resolveConfig(
        {
          assets: shopAssets,
          pageQueries: shopQueries,
          memoryMb: 512,
          concurrency: 2,
          ...settings,
        },
        folder,
        environment,
      )
      const connect = (listener: Pick<Services, "emit" | "watchesSteps">) =>
        createServices(config, {
          ...listener,
          supervisorCommand: [],
          codeProgram: undefined,
          signal: controller.signal,
        })
      const { serving, address } = await startServer({
        host: "127.0.0.1",
        port: 0,
        clientFolder,
        nodeVersion: process.versions.node,
        readOnly,
        tokens,
        createServices: async (listener) => connect(listener),
        reportFault: (error) => console.error(error),
      })
      const services = connect({ emit: () => {}, watchesSteps: false })
      await work({
        ...createClient(address),
        services,
        land,
        materialize: () => materialize(services),
      })
      controller.abort()
      await serving
    })
  } finally {
    controller.abort()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function landDays(land: ServedProject["land"]): void {
  for (const [at, day] of ["01", "02", "03", "04"].entries())
    land(`orders/2026-01-${day}.json`, formatOrders(["tea", "tea", "cake", `special ${at}`]))
}

async function startServer(options: Omit<ServeOptions, "onListening">) {
  let serving: Promise<void> = Promise.resolve()
  const address = await new Promise<string>((resolve, reject) => {
    serving = serveUi({ ...options, onListening: (url) => resolve(url.replace(/\/$/, "")) })
    serving.catch(reject)
  })
  return { serving, address }
}

function createClient(address: string): Pick<ServedProject, "address" | "get" | "post"> {
  return {
    address,
    get: (path, headers = {}) => fetch(`${address}${path}`, { headers, redirect: "manual" }),
    post: (path, body, headers = { "x-freshet-action": "1" }) =>
      fetch(`${address}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
  }
}

async function materialize(services: Services): Promise<void> {
  const target = { kind: "materialize", selection: [], partitions: {}, publish: true } as const
  const command = "freshet materialize"
  await executeRun(services, { command, target }, { failFast: false, wait: true })
}

/** Reads an answer that is expected to be a document. */
export async function readDocument<T>(response: Response): Promise<T> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text) as T // tests compare it with the values that they expect
}
