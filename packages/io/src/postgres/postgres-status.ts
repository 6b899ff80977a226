import { newestKeeper } from "./keeper-lock.ts"
import { postgresHome } from "./postgres-home.ts"
import { serverState } from "./server-state.ts"
import { isListening } from "./socket-probe.ts"

/** What there is of the embedded server of a state folder, without starting or holding it. */
export type PostgresStatus = {
  readonly kind: "down" | "starting" | "up" | "stopping" | "deaf"
  readonly serverPid: number | undefined
  readonly keeperPid: number | undefined
  readonly dataFolder: string
  readonly serverLog: string
}

/** Looks at the embedded server of a state folder; "down" with no keeper means no process of it is left. */
export async function postgresStatus(home: string): Promise<PostgresStatus> {
  const layout = postgresHome(home)
  const state = serverState(layout)
  const keeper = newestKeeper(layout.keepersFolder)
  const hasKeeper = keeper !== undefined && (await isListening(keeper.socketPath))
  return {
    kind: state.kind,
    serverPid: state.kind === "down" ? undefined : state.pid,
    keeperPid: hasKeeper ? keeper.pid : undefined,
    dataFolder: layout.dataFolder,
    serverLog: layout.serverLog,
  }
}
