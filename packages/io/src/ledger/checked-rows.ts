import type { CheckResult, Graph } from "@freshet/core"
import { checkResults, steps } from "@freshet/schema"
import { and, asc, desc, eq, exists, inArray } from "drizzle-orm"
import type { Client } from "pg"

import { findRecordedPartition, namesRecorded, nameToday, readLedgerNames } from "./ledger-names.ts"

/** Rows that checks ran on: those of some assets of one computation, made from what one fingerprint stands for. */
export interface CheckedRequest {
  readonly computation: string
  readonly partition: number
  readonly fingerprint: string
  readonly assets: readonly string[]
}

/** What the checks said last of some rows, and where the rows lie that were refused. */
export interface CheckedRows {
  readonly results: readonly CheckResult[]
  readonly kept: readonly string[]
}

/** The newest results of the checks of some rows; undefined when none ever ran on them. */
export async function readCheckedRows(
  client: Client,
  graph: Graph,
  { computation, partition, fingerprint, assets }: CheckedRequest,
): Promise<CheckedRows | undefined> {
  const names = await readLedgerNames(client, graph)
  const recorded = findRecordedPartition(names, computation, partition)
  if (recorded === undefined) return undefined
  const everyName = (known: readonly string[]) =>
    known.flatMap((name) => namesRecorded(names, name))
  const { drizzle } = await import("drizzle-orm/node-postgres")
  const db = drizzle(client)
  const ofAssets = inArray(checkResults.asset, everyName(assets))
  const isChecked = and(eq(checkResults.step, steps.id), ofAssets)
  const [step] = await db
    .select({ id: steps.id, kept: steps.kept })
    .from(steps)
    .where(
      and(
        inArray(steps.computation, everyName([computation])),
        eq(steps.partition, recorded),
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
    .where(and(eq(checkResults.step, step.id), ofAssets))
    .orderBy(asc(checkResults.asset), asc(checkResults.name))
  return {
    results: results.map(({ step: _, asset, ...result }) => ({
      ...result,
      asset: nameToday(names, asset),
    })),
    kept: step.kept ?? [],
  }
}
