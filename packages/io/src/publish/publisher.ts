import { setTimeout as delay } from "node:timers/promises"

import {
  FreshetError,
  type PublicationRequest,
  type PublicationTable,
  type Publisher,
  type TableChange,
} from "@freshet/core"
import type { RecordedChange } from "@freshet/schema"
import type { Client } from "pg"

import { connectLedger } from "../ledger/connection.ts"
import { type Connect, lendClient } from "./lent-client.ts"
import { beginPublication, findPublication, recordPublication } from "./publication.ts"
import { publishError, saying } from "./publish-error.ts"
import { findShown, shownContent } from "./shown-table.ts"
import type { RowsOf } from "./stored-rows.ts"
import { checkTargets } from "./target-check.ts"
import { tableLabel, type TargetTable, targetTable } from "./target-table.ts"
import { writeTable } from "./write-table.ts"

/** Where published tables are, and how stored rows are read. */
export type PublisherOptions = { readonly rowsOf: RowsOf } & (
  | { readonly url: string }
  | { readonly connect: Connect }
)

/** Publishes sets of tables, each in one transaction and one at a time; a failed publish leaves the old rows. */
export function createPublisher(options: PublisherOptions): Publisher {
  const connect = "url" in options ? connectTo(options.url) : options.connect
  const { rowsOf } = options
  return {
    publish: async (request) => {
      try {
        return await publish(connect, rowsOf, request)
      } catch (cause) {
        throw publishError(`The set ${request.set}`, cause)
      }
    },
  }
}

function connectTo(url: string): Connect {
  return () => connectLedger(url, { applicationName: "freshet publish" })
}

/** Lost between asking to commit and the answer: the transaction may have been committed or not. */
interface Unanswered {
  readonly kind: "unanswered"
  readonly changes: readonly TableChange[]
  readonly cause: unknown
}

async function publish(
  connect: Connect,
  rowsOf: RowsOf,
  request: PublicationRequest,
): Promise<readonly TableChange[]> {
  const targets = request.tables.map((table) => [table, targetTable(table)] as const)
  const outcome = await lendClient(connect, async (client) => {
    await beginPublication(client, request.set)
    await checkTargets(
      client,
      targets.map(([, target]) => target),
    )
    const changes: TableChange[] = []
    const recorded: RecordedChange[] = []
    for (const [table, target] of targets) {
      const content = shownContent(target, table.dataVersion)
      const change =
        (await findShown(client, target, content)) ??
        (await publishTable(client, rowsOf, table, target))
      changes.push(change)
      recorded.push({ ...change, content })
    }
    await recordPublication(client, request, recorded)
    return commit(client, changes)
  })
  if (outcome.kind === "unanswered") await settle(connect, request, outcome.cause)
  return outcome.changes
}

async function publishTable(
  client: Client,
  rowsOf: RowsOf,
  { file }: PublicationTable,
  target: TargetTable,
): Promise<TableChange> {
  try {
    return await writeTable(client, target, rowsOf(file, readColumns(target), target.key))
  } catch (cause) {
    throw publishError(tableLabel(target), cause)
  }
}

function readColumns({ columns }: TargetTable) {
  return columns.map(({ name, expression }) => ({ name, expression }))
}

type CommitOutcome =
  | { readonly kind: "committed"; readonly changes: readonly TableChange[] }
  | Unanswered

async function commit(client: Client, changes: readonly TableChange[]): Promise<CommitOutcome> {
  try {
    await client.query("commit")
    return { kind: "committed", changes }
  } catch (cause) {
    if (isRefusal(cause)) throw cause
    return { kind: "unanswered", changes, cause }
  }
}

/** The server itself says that the transaction failed, and the connection lives on. */
function isRefusal(cause: unknown): boolean {
  const { severity } = cause as { readonly severity?: string } // as errors of PostgreSQL have
  return severity === "ERROR"
}

const settleMs = 30_000
const settlePollMs = 200

/** Returns if the publication turns out to be committed. The server may need a moment to come back. */
async function settle(
  connect: Connect,
  request: PublicationRequest,
  cause: unknown,
): Promise<void> {
  const isCommitted = await askUntilAnswered(connect, request)
  if (isCommitted === true) return
  const outcome = isCommitted === false ? "was not published" : "may or may not be published"
  throw new FreshetError(
    "publish",
    `The connection was lost while the set ${request.set} was being committed; it ${outcome}: ${saying(cause)}`,
    { cause, hint: "Publish again: rows that are there already are not written a second time." },
  )
}

async function askUntilAnswered(
  connect: Connect,
  request: PublicationRequest,
): Promise<boolean | undefined> {
  const startedAt = Date.now()
  while (Date.now() - startedAt < settleMs) {
    try {
      return await lendClient(connect, (client) => findPublication(client, request))
    } catch {
      await delay(settlePollMs)
    }
  }
  return undefined
}
