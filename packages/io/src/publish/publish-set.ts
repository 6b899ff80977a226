import { setTimeout as delay } from "node:timers/promises"

import {
  FreshetError,
  type PublicationRequest,
  type PublicationTable,
  type TableChange,
} from "@freshet/core/engine"
import type { Client } from "pg"

import {
  beginPublication,
  hasPublication,
  type PublishedContent,
  recordContent,
  recordPublication,
} from "./publication.ts"
import { describeCause } from "./publish-error.ts"
import type { ReadRows } from "./row-reader.ts"
import { type StagedTable, stageTable } from "./stage-table.ts"
import { hashContent } from "./table-scope.ts"
import { checkTargets } from "./target-check.ts"
import { formatTableName, type TargetTable, toTargetTable } from "./target-table.ts"
import { type Connect, withConnection } from "./with-connection.ts"
import { writeSet } from "./write-set.ts"
import type { Counts } from "./write-table.ts"

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
    const tables: StagedTable[] = []
    for (const [table, target] of targets)
      tables.push(
        await stageTable(client, rowsOf, {
          table,
          target,
          suffix: `${tables.length}`,
          purpose: "write",
        }),
      )
    const counts = await writeSet(
      client,
      tables.map(({ prepared }) => prepared),
    )
    const changes = tables.map((table, at) => toTableChange(table, counts[at]))
    for (const { table, target, rows } of tables)
      await recordContent(
        client,
        formatTableName(target),
        listContents(request.set, table, target, rows),
      )
    await recordPublication(client, request, changes)
    return commit(client, changes)
  })
  if (outcome.kind === "unanswered") await settle(connect, request, outcome.cause)
  return outcome.changes
}

function toTableChange(
  { table, target, rows }: StagedTable,
  counts: Counts = { inserted: 0, updated: 0, deleted: 0 },
): TableChange {
  const sum = table.partitions.reduce((total, { key }) => total + (rows.get(key) ?? 0), 0)
  return { asset: target.asset.name, table: formatTableName(target), ...counts, rows: sum }
}

function listContents(
  set: string,
  { asset, partitions }: PublicationTable,
  target: TargetTable,
  rows: StagedTable["rows"],
): readonly PublishedContent[] {
  return partitions.map(({ key, file, dataVersion }) => ({
    partition_key: key,
    set,
    asset: asset.name,
    data_version: dataVersion,
    content: hashContent(target, dataVersion),
    file,
    rows: rows.get(key) ?? 0,
  }))
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
