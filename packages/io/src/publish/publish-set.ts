import { setTimeout as delay } from "node:timers/promises"

import { FreshetError, type PublicationRequest, type TableChange } from "@freshet/core/engine"
import type { Client } from "pg"

import {
  beginPublication,
  hasPublication,
  type PublishedContent,
  recordContent,
  recordPublication,
} from "./publication.ts"
import { describeCause } from "./publish-error.ts"
import type { RowComparer } from "./row-comparer.ts"
import { type StagedTable, stageTable, type StoredRows } from "./stage-table.ts"
import { hashContent } from "./table-scope.ts"
import { recordWriters } from "./table-writers.ts"
import { checkTargets } from "./target-check.ts"
import { formatTableName, type TargetTable, toTargetTable } from "./target-table.ts"
import type { TimeLimits } from "./time-limits.ts"
import { type Connect, withConnection } from "./with-connection.ts"
import { writeSet } from "./write-set.ts"
import type { Counts } from "./write-table.ts"

/** The connection was lost between the commit and its answer: the outcome of the transaction is unknown. */
interface Unanswered {
  readonly kind: "unanswered"
  readonly published: PublishedSet
  readonly cause: unknown
}

/** The stored rows, and the time limits of statements and locks. */
export interface PublishSettings extends StoredRows {
  readonly limits: TimeLimits
}

/** A committed publication. */
export interface PublishedSet {
  readonly changes: readonly TableChange[]
  /** The tables that were empty before. */
  readonly loadedTables: readonly TargetTable[]
}

/** Publishes the tables of a set in one transaction. A lost answer to the commit is settled on another connection. */
export async function publishSet(
  connect: Connect,
  settings: PublishSettings,
  request: PublicationRequest,
): Promise<PublishedSet> {
  const targets = request.tables.map((table) => [table, toTargetTable(table)] as const)
  const outcome = await withConnection(connect, async (client) => {
    await beginPublication(client, request.set, settings.limits)
    await checkTargets(
      client,
      targets.map(([, target]) => target),
    )
    const tables: StagedTable[] = []
    for (const [table, target] of targets)
      tables.push(
        await stageTable(client, settings, {
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
    for (const table of tables)
      await recordTable(client, table, { set: request.set, comparer: settings.comparer })
    await recordPublication(client, request, changes)
    const loadedTables = tables.flatMap(({ prepared: { kind, target } }) =>
      kind === "load" ? [target] : [],
    )
    return commit(client, { changes, loadedTables })
  })
  if (outcome.kind === "unanswered") await settle(connect, request, outcome.cause)
  return outcome.published
}

function toTableChange(
  { table, target, rows }: StagedTable,
  counts: Counts = { inserted: 0, updated: 0, deleted: 0 },
): TableChange {
  const sum = table.partitions.reduce((total, { key }) => total + (rows.get(key) ?? 0), 0)
  return { asset: target.asset.name, table: formatTableName(target), ...counts, rows: sum }
}

/** Records the content of a table, and the transactions that wrote it. */
async function recordTable(
  client: Client,
  staged: StagedTable,
  options: { readonly set: string; readonly comparer: RowComparer | undefined },
): Promise<void> {
  const { target, prepared, scope, written } = staged
  await recordContent(client, formatTableName(target), await listContents(staged, options))
  if (prepared.kind === "unchanged") return
  const { writers, foreignWriters } = written
  const comparedWriters = scope.kind === "whole" ? foreignWriters : [] // the server compared their rows
  await recordWriters(client, target, [...writers, ...comparedWriters])
}

async function listContents(
  { table: { asset, partitions }, target, rows, recorded }: StagedTable,
  { set, comparer }: { readonly set: string; readonly comparer: RowComparer | undefined },
): Promise<readonly PublishedContent[]> {
  const contents = partitions.map(async ({ key, file, dataVersion }) => {
    const partition = recorded.get(key)
    const checksum = partition?.file === file ? partition.checksum : comparer?.computeChecksum(file)
    return {
      partition_key: key,
      set,
      asset: asset.name,
      data_version: dataVersion,
      content: hashContent(target, dataVersion),
      file,
      checksum: (await checksum) ?? null,
      rows: rows.get(key) ?? 0,
    }
  })
  return Promise.all(contents)
}

type CommitOutcome = { readonly kind: "committed"; readonly published: PublishedSet } | Unanswered

async function commit(client: Client, published: PublishedSet): Promise<CommitOutcome> {
  try {
    await client.query("commit")
    return { kind: "committed", published }
  } catch (cause) {
    if (isRefusal(cause)) throw cause
    return { kind: "unanswered", published, cause }
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
