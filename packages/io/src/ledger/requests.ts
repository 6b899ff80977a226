import type { Client } from "pg"

import { toMilliseconds } from "./milliseconds-sql.ts"
import type { WorkOutcome } from "./queued-work.ts"
import { buildLivenessTest } from "./workers.ts"

/** A request to run something. */
export interface NewRequest {
  readonly command: string
  readonly target: object
}

/** A request in the ledger. */
export interface RecordedRequest extends NewRequest {
  readonly id: number
  readonly requestedMs: number
  readonly run: string | undefined
  /** Undefined until the request has ended. */
  readonly outcome: WorkOutcome | undefined
  /** The reason of a request that was rejected. */
  readonly message: string | undefined
  /** True while a process that lives executes it. */
  readonly isTaken: boolean
}

interface RequestRow extends Omit<RecordedRequest, "id" | "run" | "outcome" | "message"> {
  readonly id: string
  readonly run: string | null
  readonly outcome: WorkOutcome | null
  readonly message: string | null
}

const columns = `
  id, command, target, ${toMilliseconds("requested_at")} as "requestedMs", run, outcome, message,
  ended_at is null and exists (
    select from freshet.claims
    where kind = 'request' and name = requests.id::text and ${buildLivenessTest("claims.worker")}
  ) as "isTaken"`

/** Records a request, and returns it. */
export async function insertRequest(
  client: Client,
  { command, target }: NewRequest,
): Promise<RecordedRequest> {
  const { rows } = await client.query<RequestRow>(
    `insert into freshet.requests (command, target) values ($1, $2) returning ${columns}`,
    [command, JSON.stringify(target)],
  )
  return requireRequest(rows)
}

/** Reads the requests that have not ended, the oldest first. */
export async function readOpenRequests(client: Client): Promise<readonly RecordedRequest[]> {
  const { rows } = await client.query<RequestRow>(
    `select ${columns} from freshet.requests where ended_at is null order by id`,
  )
  return rows.map(toRequest)
}

/** Reads a request; fails if it is not recorded. */
export async function findRequest(client: Client, id: number): Promise<RecordedRequest> {
  const { rows } = await client.query<RequestRow>(
    `select ${columns} from freshet.requests where id = $1`,
    [id],
  )
  return requireRequest(rows)
}

/** Reads the latest requests, the newest first. */
export async function readLatestRequests(
  client: Client,
  limit: number,
): Promise<readonly RecordedRequest[]> {
  const { rows } = await client.query<RequestRow>(
    `select ${columns} from freshet.requests order by id desc limit $1`,
    [limit],
  )
  return rows.map(toRequest)
}

function requireRequest(rows: readonly RequestRow[]): RecordedRequest {
  const [request] = rows.map(toRequest)
  if (request === undefined) throw new Error("a request is not recorded")
  return request
}

function toRequest({ id, run, outcome, message, ...row }: RequestRow): RecordedRequest {
  return {
    ...row,
    id: Number(id),
    run: run ?? undefined,
    outcome: outcome ?? undefined,
    message: message ?? undefined,
  }
}
