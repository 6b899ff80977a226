import type { CodeProgram, IdleConnections, LedgerClient } from "@freshet/io"

import type { Config } from "./config.ts"
import type { ServiceEvent } from "./events.ts"
import type { OpenOptions, Project } from "./project.ts"

/** Everything that a service call needs, created once by the program that calls. */
export interface Services {
  readonly config: Config
  readonly nowMs: () => number
  readonly hash: (text: string) => string
  /** Creates the id of a run. */
  readonly newRunId: () => string
  /** The programs of the processes that run code of assets; undefined if the declarations are in no file, so that their code runs in this process. */
  readonly codeProgram: CodeProgram | undefined
  /** The connections to the ledger that a server uses again. */
  readonly idleConnections: IdleConnections
  /** Aborted by Ctrl-C, by the shutdown of a worker or by a closed HTTP request. */
  readonly signal: AbortSignal
  readonly emit: (event: ServiceEvent) => void
  /** True when `emit` uses the progress of single steps, which costs a query of the engine each. */
  readonly watchesSteps: boolean
  /** Runs work while the database is up, with its URL, which is a secret. */
  readonly withDatabase: <T>(work: (url: string) => Promise<T>) => Promise<T>
  /** Creates the services of an environment; undefined for the default one. */
  readonly forEnvironment: (environment: string | undefined) => Services
  /** Connects to the migrated ledger. The declarations are not read, so broken ones do not matter. */
  readonly withLedger: <T>(work: (client: LedgerClient) => Promise<T>) => Promise<T>
  /** Opens the project for the length of a call. */
  readonly withProject: <T>(
    options: OpenOptions,
    work: (project: Project) => Promise<T>,
  ) => Promise<T>
}
