import { resolve } from "node:path"

import { type Asset, daily, type Graph, int64, type Materialization } from "@freshet/core"
import {
  fingerprint,
  fingerprintText,
  type Recorded,
  sql,
  sqlAsset,
  type StepRecord,
} from "@freshet/core"
import type { Client } from "pg"
import { afterAll, beforeAll } from "vitest"

import { connectLedger } from "../../src/ledger/connection.ts"
import { migrate } from "../../src/ledger/migrate.ts"
import { readRecorded } from "../../src/ledger/recorded.ts"
import {
  openRunLedger,
  type RunLedger,
  type RunLedgerOptions,
} from "../../src/ledger/run-ledger.ts"
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

/** Nothing declared. */
export const noAssets: Graph = graphOf()

/** Assets of one day a partition that read nothing, and whatever else `changes` says of them. */
export function asset(name: string, changes: Partial<Asset> = {}): Asset {
  const made = sqlAsset({
    name,
    group: "test",
    description: name,
    partitions: daily({ start: "2020-01-01" }),
    columns: { id: int64() },
    query: sql`select 1 as id`,
  })
  return { ...made, ...changes }
}

/** Several assets made by one computation. */
export function outputs(computation: string, names: readonly string[]): readonly Asset[] {
  const shared = { ...asset(computation).computation, outputs: names.map((asset) => ({ asset })) }
  return names.map((name) => asset(name, { computation: shared as Asset["computation"] }))
}

/** A graph of assets as they stand, each computation once. */
export function graphOf(...assets: readonly Asset[]): Graph {
  return {
    assets: new Map(assets.map((each) => [each.name, each])),
    computations: [...new Set(assets.map(({ computation }) => computation))],
    upstream: new Map(),
    downstream: new Map(),
    readings: new Map(),
  }
}

/** Lends the ledger of a run that has begun. */
export async function withRun<T>(
  url: string,
  run: string,
  work: (ledger: RunLedger) => Promise<T>,
  options: Partial<RunLedgerOptions & { readonly work: Ranges }> = {},
): Promise<T> {
  const ledger = await openRunLedger(url, {
    pid: 42,
    wait: true,
    onWait: () => undefined,
    graph: noAssets,
    ...options,
  })
  try {
    const { work: planned = {} } = options
    const command = `freshet materialize ${run}`
    await ledger.ledger.beginRun({ id: run, command, steps: 3, work: planned })
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

type Ranges = Readonly<Record<string, readonly { readonly from: number; readonly to: number }[]>>

/** The newest materialization of an asset's partition. */
export async function findNewest(
  client: Client,
  asset: string,
  partition = 20_000,
): Promise<Recorded | undefined> {
  const range = { from: partition, to: partition }
  return (await readRecorded(client, noAssets, [{ asset, range }])).at(-1)
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
    fingerprint: fingerprintText(fingerprint(made[0]?.inputVersion ?? "input 1")),
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
