import { resolve } from "node:path"

import { type Asset, daily, int64, sql, sqlAsset } from "@freshet/core"
import {
  computeFingerprint,
  formatFingerprint,
  type Graph,
  type Materialization,
  type MaterializationRecord,
  type RunKind,
  type StepRecord,
} from "@freshet/core/engine"
import { openTestDatabase, type TestDatabase } from "@freshet/embedded-postgres/testing"
import type { Client } from "pg"
import { afterAll, beforeAll } from "vitest"

import { connectLedger } from "../../src/ledger/connection.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { migrateLedger } from "../../src/ledger/migrate.ts"
import { readMaterializations } from "../../src/ledger/read-materializations.ts"
import {
  openRunLedger,
  type RunLedger,
  type RunLedgerOptions,
} from "../../src/ledger/run-ledger.ts"

export const migrations = resolve(import.meta.dirname, "../../../schema/migrations")

/** A migrated database for the tests of a file, and a connection to look into it. */
export function openLedgerDatabase(): {
  readonly url: () => string
  readonly client: () => Client
} {
  const opened: { database?: TestDatabase; client?: Client } = {}
  beforeAll(async () => {
    opened.database = await openTestDatabase()
    opened.client = await connectLedger(opened.database.url)
    await migrateLedger(opened.client, migrations)
  })
  afterAll(async () => {
    await opened.client?.end()
    await opened.database?.close()
  })
  return { url: () => opened.database!.url, client: () => opened.client! }
}

/** A graph without assets. */
export const noAssets: Graph = buildTestGraph()

/** Creates a daily asset without reads; `overrides` replace its fields. */
export function testAsset(name: string, overrides: Partial<Asset> = {}): Asset {
  const declaredAsset = sqlAsset({
    name,
    group: "test",
    description: name,
    partitions: daily({ start: "2020-01-01" }),
    columns: { id: int64() },
    query: sql`select 1 as id`,
  })
  return { ...declaredAsset, ...overrides }
}

/** Creates the assets of one computation. */
export function testOutputs(computation: string, names: readonly string[]): readonly Asset[] {
  const shared = {
    ...testAsset(computation).computation,
    outputs: names.map((asset) => ({ asset })),
  }
  return names.map((name) => testAsset(name, { computation: shared as Asset["computation"] }))
}

/** Builds a graph of unvalidated assets. */
export function buildTestGraph(...assets: readonly Asset[]): Graph {
  return {
    assets: new Map(assets.map((asset) => [asset.name, asset])),
    computations: [...new Set(assets.map(({ computation }) => computation))],
    upstream: new Map(),
    downstream: new Map(),
    readings: new Map(),
    checkReadings: new Map(),
  }
}

/** Runs work with the ledger of a begun run. */
export async function withRun<T>(
  url: string,
  run: string,
  work: (ledger: RunLedger) => Promise<T>,
  options: Partial<RunLedgerOptions & { readonly work: Ranges; readonly kind: RunKind }> = {},
): Promise<T> {
  const ledger = await openRunLedger(url, {
    pid: 42,
    mode: "shared",
    wait: true,
    onWait: () => undefined,
    graph: noAssets,
    ...options,
  })
  try {
    const { work: plannedWork = {}, kind = "interactive" } = options
    const command = `freshet materialize ${run}`
    const intent = { command, kind, steps: 3, work: plannedWork, codeVersion: "" }
    await ledger.ledger.beginRun({ id: run, ...intent })
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

type Ranges = Readonly<Record<string, readonly { readonly from: number; readonly to: number }[]>>

/** The newest materialization of an asset's partition. */
export async function findNewestMaterialization(
  client: Client,
  asset: string,
  partition = 20_000,
): Promise<MaterializationRecord | undefined> {
  const range = { from: partition, to: partition }
  return (
    await readMaterializations(client, await readLedgerNames(client, noAssets), [{ asset, range }])
  ).at(-1)
}

export function buildMaterialization(overrides: Partial<Materialization> = {}): Materialization {
  return {
    asset: "recs",
    partition: 20_000,
    codeVersion: "code 1",
    inputVersion: "input 1",
    dataVersion: "data 1",
    file: "recs/2024-10-04/input 1.parquet",
    rows: 10,
    bytes: 1_000,
    ...overrides,
  }
}

/** A step that made one asset's partition, unless `changes` says otherwise. */
export function buildStep(run: string, overrides: Partial<StepRecord> = {}): StepRecord {
  const materializations = overrides.materializations ?? [buildMaterialization()]
  return {
    run,
    computation: materializations[0]?.asset ?? "recs",
    partition: materializations[0]?.partition ?? 20_000,
    inputVersion: materializations[0]?.inputVersion ?? "input 1",
    fingerprint: formatFingerprint(
      computeFingerprint(materializations[0]?.inputVersion ?? "input 1"),
    ),
    materializations,
    reads: [
      { relation: "likes", asset: "likes", short: false, versions: [[20_000, "data of likes"]] },
    ],
    checks: [],
    checkVersions: { [materializations[0]?.asset ?? "recs"]: "checks 1" },
    lineCounts: [],
    startedMs: 1_728_000_000_000,
    endedMs: 1_728_000_000_250,
    outcome: { kind: "materialized" },
    ...overrides,
  }
}
