import { setTimeout as delay } from "node:timers/promises"

import {
  FreshetError,
  type PublicationRequest,
  type PublicationTable,
  type TableChange,
} from "@freshet/core/engine"
import type { RecordedChange } from "@freshet/schema/ledger"
import type { Client } from "pg"

import { beginPublication, hasPublication, recordPublication } from "./publication.ts"
import { toPublishError, describeCause } from "./publish-error.ts"
import type { ReadRows } from "./row-reader.ts"
import { checkTargets } from "./target-check.ts"
import { formatTableName, type TargetTable, toTargetTable } from "./target-table.ts"
import { findUnchangedTable, hashTableContent } from "./unchanged-table.ts"
import { type Connect, withConnection } from "./with-connection.ts"
import { writeTable } from "./write-table.ts"

/** The connection was lost between the commit and its answer: the outcome of the transaction is unknown. */
interface Unanswered {
  readonly kind: "unanswered"
  readonly changes: readonly TableChange[]
  readonly cause: unknown
}

/** Publishes the tables of a set in one transaction. A lost answer to the commit is settled on another connection. */
export async function publishSet(
  connect: Connect,
  rowsOf: ReadRows,
  request: PublicationRequest,
): Promise<readonly TableChange[]> {
  const targets = request.tables.map((table) => [table, toTargetTable(table)] as const)
  const outcome = await withConnection(connect, async (client) => {
    await beginPublication(client, request.set)
    await checkTargets(
      client,
      targets.map(([, target]) => target),
    )
    const changes: TableChange[] = []
    const recorded: RecordedChange[] = []
    for (const [table, target] of targets) {
      const content = hashTableContent(target, table.dataVersion)
      const change =
        (await findUnchangedTable(client, target, content)) ??
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
  rowsOf: ReadRows,
  { file }: PublicationTable,
  target: TargetTable,
): Promise<TableChange> {
  try {
    return await writeTable(client, target, rowsOf(file, readColumns(target), target.key))
  } catch (cause) {
    throw toPublishError(formatTableName(target), cause)
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

/** Tests if the server reported a failed transaction on a living connection. */
function isRefusal(cause: unknown): boolean {
  const { severity } = cause as { readonly severity?: string } // as errors of PostgreSQL have
  return severity === "ERROR"
}

const settleMs = 30_000
const settlePollMs = 200

/** Returns if the publication is committed, and throws otherwise. The server may need a moment to restart. */
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
    `The connection was lost while the set ${request.set} was being committed; it ${outcome}: ${describeCause(cause)}`,
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
      return await withConnection(connect, (client) => hasPublication(client, request))
    } catch {
      await delay(settlePollMs)
    }
  }
  return undefined
}
