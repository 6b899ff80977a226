import { buildGraph, parseDay, type Graph } from "../src/engine.ts"
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
  type Publish,
  type Sql,
} from "../src/index.ts"

/** Every day of 2026. */
export const everyDay: Daily = daily({ start: "2026-01-01" })

/** The index of a day, written without its year and month: `day(5)` is 2026-01-05. */
export function day(dayOfMonth: number): number {
  return (parseDay("2026-01-01") ?? 0) + dayOfMonth - 1
}

/** The instant at which the day is over, in UTC. */
export function afterDay(dayOfMonth: number): number {
  return day(dayOfMonth + 1) * 86_400_000
}

interface SourceOptions {
  readonly whenMissing?: "empty" | "wait"
  readonly group?: string
  readonly previousNames?: readonly string[]
}

/** A source of daily files, or of one file. */
export function source(name: string, options: SourceOptions = {}) {
  return partitionedSource(name, everyDay, options)
}

/** A source of one file. */
export function snapshotSource(
  name: string,
  options: { readonly whenMissing?: "empty" | "wait" } = {},
) {
  return partitionedSource(name, { kind: "none" } as const, options)
}

/** A source that is cut as is said. */
export function partitionedSource<const N extends string, P extends Partitions>(
  name: N,
  partitions: P,
  options: SourceOptions = {},
) {
  const { whenMissing = "wait", group = "g", previousNames = [] } = options
  return sourceAsset({
    name,
    group,
    description: "",
    partitions,
    columns: { n: int32() },
    format: { kind: "json_lines" },
    path: `${name}/{partition}.json`,
    whenMissing,
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
}

/** An asset with one column, daily unless said otherwise; the compiler takes all of them for daily. */
export function dailyAsset(
  name: string,
  query: Sql,
  extra: AssetExtras = {},
): Asset<string, Columns, Daily> {
  const { publish, ...said } = extra
  const columns = { n: int32() }
  const described = { group: "g", description: "", partitions: everyDay, columns, ...said }
  const asset = sqlAsset({ ...described, name, query: query as Sql<never> }) // tests read what they like
  return { ...asset, partitions: asset.partitions as Daily, publish } // see above
}

/** The graph of declarations without problems. */
export function buildValidGraph(...declared: readonly AnyAsset[]): Graph {
  const result = buildGraph(declared)
  if (result.kind === "problems") throw new Error(JSON.stringify(result.problems, null, 2))
  return result.graph
}
