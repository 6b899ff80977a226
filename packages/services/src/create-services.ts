import { randomUUID } from "node:crypto"

import type { Config } from "./config.ts"
import { hash } from "./hash.ts"
import type { Services } from "./services.ts"

/** Settings of `createServices` that a program decides. */
export interface ServicesOptions extends Pick<
  Services,
  "signal" | "emit" | "watchesSteps" | "codeProgram"
> {
  /** Starts the supervisor of the embedded server. */
  readonly supervisorCommand: readonly string[]
  /** Shared by all services of a process that is a server. */
  readonly idleConnections?: Services["idleConnections"]
  /** The clock of the project; the real one unless given. */
  readonly nowMs?: () => number
}

/** Creates services over the configured database, store and engine. Each part is imported on first use. */
export function createServices(config: Config, servicesOptions: ServicesOptions): Services {
  const { supervisorCommand, ...options } = servicesOptions
  const { databaseUrl, home, environment } = config
  const withDatabase = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
    const { withPostgres } = await import("@freshet/embedded-postgres")
    return withPostgres({ databaseUrl, home, supervisorCommand }, work)
  }
  const withLedgerUrl = <T>(work: (url: string) => Promise<T>): Promise<T> =>
    withDatabase(async (url) => {
      const { toEnvironmentUrl } = await import("@freshet/io")
      return work(toEnvironmentUrl(url, environment))
    })
  const services: Services = {
    nowMs: Date.now,
    idleConnections: { connections: new Set(), isKept: false },
    ...options,
    config,
    hash,
    newRunId: () => createRunId(new Date()),
    withDatabase,
    forEnvironment: (name) => createServices({ ...config, environment: name }, servicesOptions),
    withLedger: (work) =>
      withLedgerUrl(async (url) => {
        const { withMigratedLedger } = await import("./migrated-ledger.ts")
        const { idleConnections: idle } = services
        return withMigratedLedger({ url, config, idle }, work)
      }),
    withProject: async (openOptions, work) => {
      const { buildDeclaredGraph, openProject } = await import("./open-project.ts")
      const graph = buildDeclaredGraph(config)
      return withLedgerUrl((url) => openProject(services, { ...openOptions, graph, url }, work))
    },
  }
  return services
}

/** Creates an id that sorts by time and is short enough to type: `20260105-071502-3f9a1c`. */
function createRunId(now: Date): string {
  const [day, time] = now.toISOString().replaceAll(/[-:]/g, "").slice(0, 15).split("T")
  return `${day}-${time}-${randomUUID().slice(0, 6)}`
}
