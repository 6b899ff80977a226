import { setTimeout as delay } from "node:timers/promises"

import { FreshetError, getErrorMessage } from "@freshet/core/engine"
import type { Client } from "pg"

import { createLimiter } from "../limiter.ts"
import { connectLedger } from "./connection.ts"
import { endDeadWorkers, extendLease, heartbeatMs, holdWorkerLock } from "./workers.ts"

/** The claims of one worker. They have a connection of their own, so that a long statement of the run delays no heartbeat. */
export interface Claims {
  /** Claims work for the worker; work of another worker is not claimed, work of a dead worker is. */
  readonly claim: (claim: RecordedClaim) => Promise<boolean>
  /** Returns the newest materialization of some assets' partition; 0 without any. */
  readonly findNewestRecord: (assets: readonly string[], partition: number) => Promise<number>
  readonly release: (claim: RecordedClaim) => Promise<void>
  readonly close: () => Promise<void>
}

/** Work under way, as the ledger names it. */
export interface RecordedClaim {
  readonly kind: "step" | "publication" | "tick"
  readonly name: string
  readonly partition: number
}

/** Opens the claims of a registered worker. `onLost` is called when the worker can record nothing more. */
export async function openClaims(
  url: string,
  { worker, onLost }: { readonly worker: number; readonly onLost: (error: FreshetError) => void },
): Promise<Claims> {
  const client = await connectLedger(url, { applicationName: `freshet claims, worker ${worker}` })
  await client.query("set synchronous_commit = off") // a claim that a crash of the server loses was lost with its session
  await holdWorkerLock(client, worker)
  const takeTurn = createLimiter(1) // one statement after the other
  const extend = () => takeTurn(() => extendLease(client, worker))
  const stopping = new AbortController()
  const heart = beat(extend, stopping.signal).catch((cause: unknown) => {
    if (!stopping.signal.aborted) onLost(toLostError(cause))
  })
  return {
    claim: (claim) =>
      takeTurn(async () => {
        if (await insertClaim(client, worker, claim)) return true
        await endDeadWorkers(client)
        return insertClaim(client, worker, claim)
      }),
    findNewestRecord: (assets, partition) =>
      takeTurn(() => findNewestRecord(client, assets, partition)),
    release: (claim) => takeTurn(() => deleteClaim(client, worker, claim)),
    close: async () => {
      stopping.abort()
      await client.end()
      await heart
    },
  }
}

/** Extends the lease until the signal is aborted. Fails when the worker was ended or the connection is lost. */
async function beat(extend: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (await isPausedFor(heartbeatMs, signal))
    if (!(await extend()))
      throw new Error("another process ended it, because it had not answered for some time")
}

async function isPausedFor(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined)
  return !signal.aborted
}

function toLostError(cause: unknown): FreshetError {
  const message = `The run can record nothing more: ${getErrorMessage(cause)}.`
  return new FreshetError("ledger", message, {
    cause,
    hint: "Run the command again: it goes on after the last step that was recorded.",
  })
}

async function insertClaim(
  client: Client,
  worker: number,
  { kind, name, partition }: RecordedClaim,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "insert_claim",
    text: `insert into freshet.claims (kind, name, partition, worker)
      select $1, $2, $3, id from freshet.workers where id = $4 and ended_at is null
      on conflict do nothing`,
    values: [kind, name, partition, worker],
  })
  return rowCount === 1
}

async function deleteClaim(
  client: Client,
  worker: number,
  { kind, name, partition }: RecordedClaim,
): Promise<void> {
  await client.query(
    "delete from freshet.claims where kind = $1 and name = $2 and partition = $3 and worker = $4",
    [kind, name, partition, worker],
  )
}

async function findNewestRecord(
  client: Client,
  assets: readonly string[],
  partition: number,
): Promise<number> {
  const { rows } = await client.query<{ newest: string | null }>({
    name: "find_newest_record",
    text: "select max(id) as newest from freshet.materializations where asset = any($1) and partition = $2",
    values: [assets, partition],
  })
  return Number(rows[0]?.newest ?? 0)
}
