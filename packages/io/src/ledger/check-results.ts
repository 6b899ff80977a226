import type { CheckResult } from "@freshet/core/engine"
import { and, asc, desc, eq, exists, inArray } from "drizzle-orm"
import type { Client } from "pg"

import {
  findPartitionId,
  getCurrentName,
  type LedgerNames,
  listRecordedNames,
} from "./ledger-names.ts"
import { openQueries } from "./queries.ts"

/** The rows of some assets of one computation, materialized from the inputs of one fingerprint. */
export interface CheckResultsRequest {
  readonly computation: string
  readonly partition: number
  readonly fingerprint: string
  readonly assets: readonly string[]
}

/** The latest check results of some rows, and the location of the failed rows. */
export interface CheckReport {
  readonly results: readonly CheckResult[]
  readonly failedFiles: readonly string[]
}

/** Reads the newest results of the checks of some rows; undefined if no check has run on them. */
export async function readCheckResults(
  client: Client,
  names: LedgerNames,
  { computation, partition, fingerprint, assets }: CheckResultsRequest,
): Promise<CheckReport | undefined> {
  const partitionId = findPartitionId(names, computation, partition)
  if (partitionId === undefined) return undefined
  const listAllNames = (currentNames: readonly string[]) =>
    currentNames.flatMap((name) => listRecordedNames(names, name))
  const { db, checkResults, steps } = await openQueries(client)
  const isOfAssets = inArray(checkResults.asset, listAllNames(assets))
  const isChecked = and(eq(checkResults.step, steps.id), isOfAssets)
  const [step] = await db
    .select({ id: steps.id, failedFiles: steps.failed_files })
    .from(steps)
    .where(
      and(
        inArray(steps.computation, listAllNames([computation])),
        eq(steps.partition, partitionId),
        eq(steps.fingerprint, fingerprint),
        exists(db.select().from(checkResults).where(isChecked)),
      ),
    )
    .orderBy(desc(steps.id))
    .limit(1)
  if (step === undefined) return undefined
  const results = await db
    .select()
    .from(checkResults)
    .where(and(eq(checkResults.step, step.id), isOfAssets))
    .orderBy(asc(checkResults.asset), asc(checkResults.name))
  return {
    results: results.map(({ step: _, asset, ...result }) => ({
      ...result,
      asset: getCurrentName(names, asset),
    })),
    failedFiles: step.failedFiles ?? [],
  }
}
