import type { FreshetError } from "@freshet/core/engine"
import type { Client } from "pg"

import { type Claims, openClaims } from "./claims.ts"
import type { ReusableDatabase } from "./connection.ts"
import { endWorker, registerWorker } from "./workers.ts"

/** The worker of one run, registered when the run begins or its tick is claimed. */
export interface RunWorker {
  readonly open: (run: string) => Promise<OpenWorker>
  /** Returns the run that the worker executes; undefined before it is open. */
  readonly run: () => string | undefined
  /** Returns the open worker. */
  readonly get: () => OpenWorker
  /** Ends the worker with its claims. */
  readonly end: () => Promise<void>
  /** Closes its connections; a worker that was not ended is dead. */
  readonly close: () => Promise<void>
}

/** A registered worker and its claims. */
export interface OpenWorker {
  readonly id: number
  readonly claims: Claims
}

/** The database, the process, and the listener of a worker. */
export interface RunWorkerOptions extends ReusableDatabase {
  readonly pid: number
  readonly onConnectionLost?: (error: FreshetError) => void
}

/** Creates the worker of a run, which lives as long as the session `client`. */
export function createRunWorker(
  client: Client,
  { url, idle, pid, onConnectionLost }: RunWorkerOptions,
): RunWorker {
  let run: string | undefined
  let worker: OpenWorker | undefined
  let isEnded = false
  const get = () => {
    if (worker === undefined) throw new Error("the worker is not open")
    return worker
  }
  return {
    open: async (requestedRun) => {
      if (worker !== undefined) return worker
      run = requestedRun
      const id = await registerWorker(client, { run, pid })
      const onLost = (error: FreshetError) => onConnectionLost?.(error)
      worker = { id, claims: await openClaims({ url, idle }, { worker: id, run, onLost }) }
      return worker
    },
    run: () => run,
    get,
    end: async () => {
      const { id, claims } = get()
      await endWorker(client, id)
      isEnded = true
      await claims.end()
    },
    close: async () => {
      if (!isEnded) await worker?.claims.close()
    },
  }
}
