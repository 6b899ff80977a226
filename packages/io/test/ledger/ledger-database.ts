import { resolve } from "node:path"

import type { Materialization, StepRecord } from "@freshet/core"
import type { Client } from "pg"
import { afterAll, beforeAll } from "vitest"

import { connectLedger } from "../../src/ledger/connection.ts"
import { migrate } from "../../src/ledger/migrate.ts"
import { openRunLedger, type RunLedger } from "../../src/ledger/run-ledger.ts"
import { openTestDatabase, type TestDatabase } from "../postgres/with-test-database.ts"

export const migrations = resolve(import.meta.dirname, "../../../schema/migrations")

/** A migrated database for the tests of a file, and a connection to look into it. */
export function ledgerDatabase(): { readonly url: () => string; readonly client: () => Client } {
  const opened: { database?: TestDatabase; client?: Client } = {}
  beforeAll(async () => {
    opened.database = await openTestDatabase()
    opened.client = await connectLedger(opened.database.url)
    await migrate(opened.client, migrations)
  })
  afterAll(async () => {
    await opened.client?.end()
    await opened.database?.close()
  })
  return { url: () => opened.database!.url, client: () => opened.client! }
}

/** Lends the ledger of a run that has begun. */
export async function withRun<T>(
  url: string,
  run: string,
  work: (ledger: RunLedger) => Promise<T>,
): Promise<T> {
  const ledger = await openRunLedger(url, { pid: 42, wait: true, onWait: () => undefined })
  try {
    await ledger.ledger.beginRun({ id: run, command: `freshet materialize ${run}`, steps: 3 })
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

export function materialization(changes: Partial<Materialization> = {}): Materialization {
  return {
    asset: "recs",
    partition: 20_000,
    codeVersion: "code 1",
    inputVersion: "input 1",
    dataVersion: "data 1",
    file: "recs/2024-10-04/input 1.parquet",
    rows: 10,
    bytes: 1_000,
    ...changes,
  }
}

/** A step that made one asset's partition, unless `changes` says otherwise. */
export function step(run: string, changes: Partial<StepRecord> = {}): StepRecord {
  const made = changes.materializations ?? [materialization()]
  return {
    run,
    computation: made[0]?.asset ?? "recs",
    partition: made[0]?.partition ?? 20_000,
    inputVersion: made[0]?.inputVersion ?? "input 1",
    materializations: made,
    reads: [
      { relation: "likes", asset: "likes", short: false, versions: [[20_000, "data of likes"]] },
    ],
    checks: [],
    checkVersions: { [made[0]?.asset ?? "recs"]: "checks 1" },
    lineCounts: [],
    startedMs: 1_728_000_000_000,
    endedMs: 1_728_000_000_250,
    outcome: { kind: "made" },
    ...changes,
  }
}
