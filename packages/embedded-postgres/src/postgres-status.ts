import { buildPostgresHome } from "./postgres-home.ts"
import { readServerState } from "./server-state.ts"
import { isListening } from "./socket-probe.ts"
import { staysUp } from "./stay-up.ts"
import { findNewestSupervisor } from "./supervisor-lock.ts"

/** The state of the embedded server of a state folder, read without starting or using it. */
export type PostgresStatus = {
  readonly kind: "down" | "starting" | "up" | "stopping" | "deaf"
  readonly serverPid: number | undefined
  readonly supervisorPid: number | undefined
  /** The server runs while no command uses it. */
  readonly staysUp: boolean
  readonly dataFolder: string
  readonly serverLog: string
}

/** Reads the status of the embedded server of a state folder; "down" without a supervisor means that no process is left. */
export async function readPostgresStatus(home: string): Promise<PostgresStatus> {
  const postgresHome = buildPostgresHome(home)
  const state = readServerState(postgresHome)
  const supervisor = findNewestSupervisor(postgresHome.supervisorsFolder)
  const hasSupervisor = supervisor !== undefined && (await isListening(supervisor.socketPath))
  return {
    kind: state.kind,
    serverPid: state.kind === "down" ? undefined : state.pid,
    supervisorPid: hasSupervisor ? supervisor.pid : undefined,
    staysUp: staysUp(postgresHome),
    dataFolder: postgresHome.dataFolder,
    serverLog: postgresHome.serverLog,
  }
}
