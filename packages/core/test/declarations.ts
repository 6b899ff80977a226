import { buildGraph, parseDay, type Graph, type Publish } from "../src/engine.ts"
import {
  daily,
  int32,
  sourceAsset,
  sqlAsset,
  type AnyAsset,
  type Asset,
  type Check,
  type Column,
  type Columns,
  type Daily,
  type Freshness,
  type Partitions,
  type Retries,
  type Sql,
} from "../src/index.ts"

/** Every day of 2026. */
export const everyDay: Daily = daily({ start: "2026-01-01" })

/** The index of a day of January 2026: `day(5)` is 2026-01-05. */
export function day(dayOfMonth: number): number {
  return (parseDay("2026-01-01") ?? 0) + dayOfMonth - 1
}

/** The instant at which a day of January 2026 ends, in UTC. */
export function afterDay(dayOfMonth: number): number {
  return day(dayOfMonth + 1) * 86_400_000
}

interface SourceOptions {
  readonly whenMissing?: "empty" | "gap" | "wait"
  readonly whenRemoved?: "keep" | "retract"
  readonly group?: string
  readonly previousNames?: readonly string[]
}

/** Declares a source of daily files. */
export function source(name: string, options: SourceOptions = {}) {
  return partitionedSource(name, everyDay, options)
}

/** Declares a source of one file. */
export function snapshotSource(
  name: string,
  options: { readonly whenMissing?: "empty" | "gap" | "wait" } = {},
) {
  return partitionedSource(name, { kind: "none" } as const, options)
}

/** Declares a source with the given partitions. */
export function partitionedSource<const N extends string, P extends Partitions>(
  name: N,
  partitions: P,
  options: SourceOptions = {},
) {
  const { whenMissing = "wait", whenRemoved = "keep" } = options
  const { group = "g", previousNames = [] } = options
  return sourceAsset({
    name,
    group,
    description: "",
    partitions,
    columns: { n: int32() },
    format: { kind: "json_lines" },
    path: `${name}/{partition}.json`,
    whenMissing,
    whenRemoved,
    previousNames,
  })
}

interface AssetExtras {
  readonly group?: string
  readonly description?: string
  readonly owners?: readonly string[]
  readonly tags?: readonly string[]
  readonly checks?: readonly Check<"n">[]
  readonly freshness?: Freshness
  readonly publish?: Publish
  readonly partitions?: Partitions
  readonly columns?: { readonly n: Column }
  readonly previousNames?: readonly string[]
  readonly retries?: Retries
  readonly timeoutSeconds?: number
  readonly pool?: string
}

/** Declares an asset with one column, daily by default; its type is always daily. */
export function dailyAsset(
  name: string,
  query: Sql,
  extra: AssetExtras = {},
): Asset<string, Columns, Daily> {
  const { publish, ...options } = extra
  const columns = { n: int32() }
  const described = { group: "g", description: "", partitions: everyDay, columns, ...options }
  const asset = sqlAsset({ ...described, name, query: query as Sql<never> }) // tests may read any granularity
  return { ...asset, partitions: asset.partitions as Daily, publish } // its type is always daily
}

/** Builds the graph of declarations that have no problems. */
export function buildValidGraph(...declared: readonly AnyAsset[]): Graph {
  const result = buildGraph(declared)
  if (result.kind === "problems") throw new Error(JSON.stringify(result.problems, null, 2))
  return result.graph
}
