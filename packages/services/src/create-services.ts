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
  /** The clock of the project; the real one unless given. */
  readonly nowMs?: () => number
}

/** Creates services over the configured database, store and engine. Each part is imported on first use. */
export function createServices(
  config: Config,
  { supervisorCommand, ...options }: ServicesOptions,
): Services {
  const { databaseUrl, home } = config
  const withDatabase = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
    const { withPostgres } = await import("@freshet/embedded-postgres")
    return withPostgres({ databaseUrl, home, supervisorCommand }, work)
  }
  const services: Services = {
    nowMs: Date.now,
    ...options,
    config,
    hash,
    newRunId: () => createRunId(new Date()),
    withDatabase,
    withLedger: (work) =>
      withDatabase(async (url) => {
        const { withMigratedLedger } = await import("./migrated-ledger.ts")
        return withMigratedLedger({ url, config }, work)
      }),
    withProject: async (openOptions, work) => {
      const { buildDeclaredGraph, openProject } = await import("./open-project.ts")
      const graph = buildDeclaredGraph(config)
      return withDatabase((url) => openProject(services, { ...openOptions, graph, url }, work))
    },
  }
  return services
}

/** Creates an id that sorts by time and is short enough to type: `20260105-071502-3f9a1c`. */
function createRunId(now: Date): string {
  const [day, time] = now.toISOString().replaceAll(/[-:]/g, "").slice(0, 15).split("T")
  return `${day}-${time}-${randomUUID().slice(0, 6)}`
}
