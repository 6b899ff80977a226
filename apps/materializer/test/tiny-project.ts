import {
  assetNamed,
  buildGraph,
  canonical,
  checksVersion,
  currentReads,
  daily,
  dueBy,
  evaluate,
  type Evaluation,
  extentsOf,
  type Failure,
  findDay,
  inputVersion,
  int64,
  type Landing,
  last,
  publishTo,
  type Recorded,
  type ReadVersions,
  rowCount,
  type Snapshot,
  sourceAsset,
  sql,
  sqlAsset,
  text,
  unique,
} from "@freshet/core"

import type { Project } from "../src/project/project.ts"

const partitions = daily({ start: "2026-01-01" })
const common = { group: "shop", partitions } as const

const orders = sourceAsset({
  ...common,
  name: "orders",
  description: "What was ordered on one day.",
  columns: { id: int64("The order."), item: text() },
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
})

const items = sqlAsset({
  ...common,
  name: "items",
  description: "Items ordered on the day.",
  columns: { item: text("What was ordered."), orders: int64("How often.", { unit: "orders" }) },
  query: sql`select item, count(*) as orders from ${orders} group by item`,
  checks: [unique("item")],
})

const table: { readonly $inferInsert: { item: string; orders: bigint } } = {
  $inferInsert: { item: "", orders: 0n },
}

const bestItems = sqlAsset({
  ...common,
  name: "best_items",
  description: "The items ordered most in the trailing week. Ties go to the smaller name.",
  columns: { item: text(), orders: int64() },
  query: sql`select item, sum(orders)::bigint as orders from ${last(7, items)} group by item`,
  checks: [unique("item"), rowCount({ min: 1 })],
  freshness: dueBy("07:00", "UTC"),
  publish: publishTo(table, { set: "shop" }),
})

/** 2026-01-05, 12:00 UTC. */
export const noon = Date.UTC(2026, 0, 5, 12)

function dayOf(key: string): number {
  return findDay(key) ?? Number.NaN
}

/** What has happened so far in the tiny project. */
export interface TinyHistory {
  /** Day → content of its orders. */
  readonly landed: Readonly<Record<string, string>>
  /** Made from exactly what had landed by then. */
  readonly made?: Readonly<Record<string, string>>
  readonly failed?: readonly string[]
  /** The checks that refused the rows of the days that failed; none: something else went wrong. */
  readonly refusedBy?: readonly string[]
  readonly nowMs?: number
}

const identity = (value: string) => value

/** A ledger that remembers no run. */
export const noHistory: Project["history"] = {
  runs: async () => [],
  findRun: async () => undefined,
  checked: async () => undefined,
  quarantined: async () => [],
}

/** Orders of a few days, the items of each day, and the best items of the trailing week. */
export function tinyProject({
  landed,
  made = {},
  failed = [],
  refusedBy = [],
  nowMs = noon,
}: TinyHistory): Project {
  const before = judged(made, emptySnapshot, nowMs)
  const snapshot = Object.keys(made).length === 0 ? emptySnapshot : materialized(before)
  const failures = failuresOf(judged(landed, snapshot, nowMs), failed, refusedBy)
  const evaluation = judged(landed, { ...snapshot, failures }, nowMs)
  return {
    config: {
      assets: [...evaluation.graph.assets.values()],
      home: "/project/.freshet",
      lake: "/project/.freshet/lake",
      landing: "/project/landing",
      memoryMb: 512,
      threads: undefined,
      concurrency: 2,
      databaseUrl: undefined,
    },
    graph: evaluation.graph,
    evaluation,
    warnings: [],
    nowMs,
    hash: identity,
    readVersions: async (ids) => new Map(ids.map((id) => [id, readsOfRecord(id, made)])),
    history: noHistory,
  }
}

const emptySnapshot: Snapshot = {
  materializations: new Map(),
  failures: new Map(),
  publications: new Map(),
}

function judged(landed: Readonly<Record<string, string>>, snapshot: Snapshot, nowMs: number) {
  const built = buildGraph([orders, items, bestItems])
  if (built.kind === "problems") throw new Error(JSON.stringify(built.problems))
  const landing: Landing = new Map([
    [
      "orders",
      new Map(
        Object.entries(landed).map(([key, content]) => [
          dayOf(key),
          {
            version: content,
            files: [{ path: `orders/${key}.json`, hash: content, bytes: 1000 * content.length }],
          },
        ]),
      ),
    ],
  ])
  const extents = extentsOf(built.graph, landing, nowMs)
  return evaluate({ graph: built.graph, landing, extents }, snapshot, new Map(), identity)
}

/** Every partition as it would be after a run: made bottom up until nothing is stale. */
function materialized(start: Evaluation): Snapshot {
  let snapshot = emptySnapshot
  for (const name of ["items", "best_items"]) {
    const now = evaluate(start, snapshot, new Map(), identity)
    const records = new Map(
      [...(now.statuses.get(name)?.keys() ?? [])].map((day) => [day, recordOf(now, name, day)]),
    )
    snapshot = {
      ...snapshot,
      materializations: new Map([...snapshot.materializations, [name, records]]),
    }
  }
  const newest = start.extents.get("best_items")?.to ?? 0
  const key = new Date(newest * 86_400_000).toISOString().slice(0, 10)
  const dataVersion = snapshot.materializations.get("best_items")?.get(newest)?.dataVersion
  const tables = [["best_items", ["item", "orders"], newest, dataVersion]]
  const version = canonical({ set: "shop", tables })
  const published = { set: "shop", partition: newest, partitionKey: key, version, atMs: noon }
  return { ...snapshot, publications: new Map([["shop", published]]) }
}

function recordOf(now: Evaluation, name: string, day: number): Recorded {
  const asset = assetNamed(now.graph, name)
  const reads = currentReads(now, asset.computation, day)
  if (reads === undefined) throw new Error(`${name} ${day} cannot be made yet`)
  const codeVersion = now.codeVersions.get(name) ?? ""
  return {
    id: (name === "items" ? 0 : 100_000) + day,
    codeVersion,
    inputVersion: inputVersion(codeVersion, reads, identity),
    dataVersion: `${name} of ${JSON.stringify(reads.map(({ versions }) => versions))}`,
    file: `${name}/${day}/1.parquet`,
    rows: 1200,
    bytes: 34_567,
    atMs: noon - 3_600_000,
    durationMs: 120,
    checkVersion: checksVersion(asset, identity),
    failedErrors: 0,
    failedWarnings: 0,
  }
}

/** What the items of a day were made from; the best items are not asked about. */
function readsOfRecord(
  id: number,
  made: Readonly<Record<string, string>>,
): readonly ReadVersions[] {
  const version = Object.entries(made).find(([key]) => dayOf(key) === id)?.[1] ?? "nothing"
  return [{ relation: "orders", asset: "orders", short: false, versions: [[id, version]] }]
}

function failuresOf(
  now: Evaluation,
  failed: readonly string[],
  checks: readonly string[],
): Snapshot["failures"] {
  const { computation } = assetNamed(now.graph, "items")
  const isRefused = checks.length > 0
  const failures = failed.map(dayOf).map((day): readonly [number, Failure] => {
    const reads = currentReads(now, computation, day) ?? []
    const failure: Failure = {
      run: "run",
      outcome: isRefused ? "refused" : "failed",
      message: isRefused ? `1,200 rows of items fail ${checks.join()}` : "the disk is full",
      checks,
      atMs: noon,
      inputVersion: inputVersion(now.codeVersions.get("items") ?? "", reads, identity),
    }
    return [day, failure]
  })
  return new Map([["items", new Map(failures)]])
}
