import {
  assetNamed,
  buildGraph,
  canonical,
  checksVersion,
  codeVersionOf,
  type Computation,
  contentFingerprint,
  daily,
  dueBy,
  evaluate,
  type Evaluation,
  extentsOf,
  type Failure,
  findDay,
  fingerprintText,
  inputFingerprint,
  inputVersion,
  int64,
  type Landing,
  lanesOf,
  last,
  type Mark,
  parseFingerprint,
  publishTo,
  readRanges,
  type Recorded,
  type ReadVersions,
  readVersions,
  rowCount,
  runningSums,
  type Snapshot,
  sourceAsset,
  sql,
  sqlAsset,
  text,
  type Timeline,
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
  predictions: async () => new Map(),
  runs: async () => [],
  findRun: async () => undefined,
  checked: async () => undefined,
  quarantined: async () => [],
  quarantineFiles: async () => [],
}

/** Orders of a few days, the items of each day, and the best items of the trailing week. */
export function tinyProject({
  landed,
  made = {},
  failed = [],
  refusedBy = [],
  nowMs = noon,
}: TinyHistory): Project {
  const records = materialized(made, nowMs)
  const snapshot = snapshotOf(records)
  const failures = failuresOf(judged(landed, snapshot, nowMs), records, { failed, refusedBy })
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
    judge: (changed) => judged(landed, changed, nowMs),
    recorded: async (wanted) =>
      wanted.flatMap(({ asset, range: { from, to } }) =>
        records.filter(
          (record) => record.asset === asset && from <= record.partition && record.partition <= to,
        ),
      ),
    isStored: async () => true,
    readVersions: async (ids) => new Map(ids.map((id) => [id, readsOfRecord(id, made)])),
    history: noHistory,
  }
}

const emptySnapshot: Snapshot = {
  position: "",
  timelines: new Map(),
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

/** Every partition as it would be after a run, made bottom up. */
function materialized(made: Readonly<Record<string, string>>, nowMs: number): readonly Recorded[] {
  const now = judged(made, emptySnapshot, nowMs)
  const records: Recorded[] = []
  for (const name of ["items", "best_items"]) {
    const { from, to } = now.extents.get(name) ?? { from: 1, to: 0 }
    for (let day = from; day <= to; day += 1) records.push(recordOf(now, records, name, day))
  }
  return records
}

function recordOf(
  now: Evaluation,
  records: readonly Recorded[],
  asset: string,
  day: number,
): Recorded {
  const declared = assetNamed(now.graph, asset)
  const reads = readsOf(now, records, declared.computation, day)
  const codeVersion = codeVersionOf(now, declared.computation) ?? ""
  return {
    id: (asset === "items" ? 0 : 100_000) + day,
    asset,
    partition: day,
    codeVersion,
    inputVersion: inputVersion(codeVersion, reads, identity),
    fingerprint: fingerprintText(inputFingerprint(now.graph, codeVersion, reads)),
    dataVersion: `${asset} of ${JSON.stringify(reads.map(({ versions }) => versions))}`,
    file: `${asset}/${day}/1.parquet`,
    rows: 1200,
    bytes: 34_567,
    atMs: noon - 3_600_000,
    durationMs: 120,
    checkVersion: checksVersion(declared, identity),
    failedErrors: 0,
    failedWarnings: 0,
  }
}

/** What a partition would be made from, by what was recorded. */
function readsOf(
  now: Evaluation,
  records: readonly Recorded[],
  computation: Computation,
  day: number,
): readonly ReadVersions[] {
  const reads = readVersions(readRanges(now, computation, day), ({ kind, name }, index) =>
    kind === "source"
      ? now.landing.get(name)?.get(index)?.version
      : records.find(({ asset, partition }) => asset === name && partition === index)?.dataVersion,
  )
  if (reads === undefined) throw new Error(`${computation.name} ${day} cannot be made yet`)
  return reads
}

/** The ledger as planning sees it; what is published is the newest that was made. */
function snapshotOf(records: readonly Recorded[]): Snapshot {
  if (records.length === 0) return emptySnapshot
  const timelines = new Map([items, bestItems].map(({ name }) => [name, timelineOf(records, name)]))
  const position = String(records.length)
  return { ...emptySnapshot, position, timelines, publications: publicationsOf(records) }
}

function timelineOf(records: readonly Recorded[], name: string): Timeline {
  const own = records.filter(({ asset }) => asset === name)
  const from = Math.min(...own.map(({ partition }) => partition))
  const [inputs, output] = [lanesOf(own.length), lanesOf(own.length)]
  for (const { partition, fingerprint, dataVersion } of own) {
    const [input, content] = [
      parseFingerprint(fingerprint),
      contentFingerprint(partition, dataVersion),
    ]
    inputs.low[partition - from] = input.low
    inputs.high[partition - from] = input.high
    output.low[partition - from] = content.low
    output.high[partition - from] = content.high
  }
  const mark = new Uint16Array(own.length).fill(1)
  const marks = own.slice(0, 1).map(markOf)
  const sums = [runningSums(output)]
  return { from, length: own.length, mark, inputs, sums, marks, earlier: new Map() }
}

function markOf({ codeVersion, checkVersion: version }: Recorded): Mark {
  return { codeVersion, checks: [{ version, failedErrors: 0, failedWarnings: 0 }] }
}

/** What is published once everything was made. */
function publicationsOf(records: readonly Recorded[]): Snapshot["publications"] {
  const newest = records.findLast(({ asset }) => asset === "best_items")
  if (newest === undefined) return new Map()
  const { partition, dataVersion } = newest
  const content = fingerprintText(contentFingerprint(partition, dataVersion))
  const tables = [["best_items", ["item", "orders"], partition, content]]
  const version = canonical({ set: "shop", tables })
  const key = new Date(partition * 86_400_000).toISOString().slice(0, 10)
  return new Map([["shop", { set: "shop", partition, partitionKey: key, version, atMs: noon }]])
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
  records: readonly Recorded[],
  given: { readonly failed: readonly string[]; readonly refusedBy: readonly string[] },
): Snapshot["failures"] {
  const { computation } = assetNamed(now.graph, "items")
  const { refusedBy: checks } = given
  const isRefused = checks.length > 0
  const failures = given.failed.map(dayOf).map((day): readonly [number, Failure] => {
    const reads = readsOf(now, records, computation, day)
    const code = codeVersionOf(now, computation) ?? ""
    const failure: Failure = {
      run: "run",
      outcome: isRefused ? "refused" : "failed",
      message: isRefused ? `1,200 rows of items fail ${checks.join()}` : "the disk is full",
      checks,
      atMs: noon,
      fingerprint: fingerprintText(inputFingerprint(now.graph, code, reads)),
    }
    return [day, failure]
  })
  return new Map([["items", new Map(failures)]])
}
