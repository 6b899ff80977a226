import type { Automation } from "./automation.ts"
import type { Columns, RowOf } from "./column.ts"
import type { ColumnsFitRows } from "./computed-rows.ts"
import type {
  AnyAsset,
  Asset,
  Check,
  CodeComputation,
  Computation,
  Read,
  Report,
  Sql,
  SqlComputation,
} from "./declaration.ts"
import type { CodeExecutionPolicy, ExecutionPolicy } from "./execution.ts"
import type { Freshness } from "./freshness.ts"
import { type Granularity, type Partitions, type TimedGranularity } from "./partition.ts"
import { type Unpartitioned, unpartitioned } from "./partition.ts"
import type { ColumnsFitTable, CompilerMessage, Publish, PublishedTable } from "./publish.ts"
import { toRead } from "./read.ts"
import { type Retention, keepFor } from "./retention.ts"
import type { ComputeContext, Rows } from "./rows.ts"
import { type BareGranularity, listReads } from "./sql.ts"

/** Options that every declaration of an asset has. */
export interface AssetOptions<N, C, P> extends ExecutionPolicy {
  /** A unique name: a lower-case letter, then lower-case letters, digits and underscores, at most 63 characters. */
  readonly name: N
  /** Assets of a group are selected together as `group:NAME`. */
  readonly group: string
  /** The content of one row, and how it is computed. */
  readonly description: string
  /** People or teams who answer for the asset. Default: none. */
  readonly owners?: readonly string[]
  /** Tags select assets as `tag:NAME`. Default: none. */
  readonly tags?: readonly string[]
  /** Default `unpartitioned`. */
  readonly partitions?: P
  /** The columns of the rows, in order. A query that computes others is refused before it runs. */
  readonly columns: C
  /** Besides these, every column that is not `nullable` is checked for nulls. Default: none. */
  readonly checks?: readonly Check<keyof C & string>[]
  /** The deadline of each partition. Default: none. */
  readonly freshness?: Freshness
  /** Materializes the asset without a person; it replaces the automation of its group. */
  readonly automation?: Automation
  /** Earlier names of the asset, the oldest first: their materializations belong to its history. Default: none. */
  readonly previousNames?: readonly string[]
  /** Default `keepFor({ days: 30 })`. */
  readonly retention?: Retention
  /** Shows the rows as a report on the web page. Default: none. */
  readonly report?: Report<keyof C & string>
}

/** The compiler's message for reads without a window that do not determine the upstream partitions; never when all reads do, or when the compiler does not know the upstreams. */
type ReadMisfit<K extends Granularity, G extends Granularity> = Granularity extends G
  ? never
  : K extends "none"
    ? Sentence<
        Exclude<G, "none">,
        "an unpartitioned asset reads a partitioned one: use all(…) or latest(…)"
      >
    : K extends "static"
      ? Sentence<
          Extract<G, TimedGranularity>,
          "an asset partitioned by key reads one partitioned by time: use all(…) or latest(…)"
        >
      : | Sentence<
            Extract<G, "static">,
            "an asset partitioned by time reads one partitioned by key: use all(…)"
          >
        | Sentence<
            K extends "weekly" | "monthly" ? Extract<G, Exclude<"weekly" | "monthly", K>> : never,
            "weeks and months do not nest: read a daily asset instead, or use all(…)"
          >

type Sentence<Wrong, S extends string> = [Wrong] extends [never] ? never : S

/** Reads without a window must have granularities for which the reader's partition determines the upstream partitions. */
type ReadsFit<P extends Partitions, G extends Granularity> = [ReadMisfit<P["kind"], G>] extends [
  never,
]
  ? unknown
  : CompilerMessage<ReadMisfit<P["kind"], G>>

/** Options of an asset that one query computes, besides those of every asset. */
export interface QueryOptions<
  C extends Columns,
  G extends Granularity,
  P extends Partitions,
  T extends PublishedTable,
  K extends string,
> {
  readonly columns: ColumnsFitTable<C, T, K>
  /** Selects the rows of one partition. */
  readonly query: Sql<G> & ReadsFit<P, G>
  /** The published table. Default: none. */
  readonly publish?: Publish<T, K>
}

/** Declares an asset that one query computes. The assets and reads that the query interpolates are its upstream. */
export function sqlAsset<
  const N extends string,
  C extends Columns,
  G extends Granularity = never,
  P extends Partitions = Unpartitioned,
  T extends PublishedTable = PublishedTable,
  const K extends string = never,
>(declared: AssetOptions<N, C, P> & QueryOptions<C, G, P, T, K>): Asset<N, C, P> {
  const { query, publish, ...described } = declared
  const computation: SqlComputation = {
    kind: "sql",
    name: declared.name,
    reads: listReads(query),
    shared: undefined,
    outputs: [{ asset: declared.name, query }],
    execution: selectExecution(declared),
  }
  return buildAsset(described, computation, publish)
}

/** The declaration of one output of a computation with several outputs. */
export interface Output<C extends Columns = Columns> {
  readonly description: string
  readonly columns: C
  readonly query: Sql
  readonly checks?: readonly Check<keyof C & string>[]
  readonly previousNames?: readonly string[]
  readonly retention?: Retention
  readonly publish?: Publish
}

/** Requires that every published output fits its table. */
type OutputsFit<O> = {
  readonly [K in keyof O]: O[K] extends {
    readonly columns: infer C extends Columns
    readonly publish: Publish<infer T, infer K>
  }
    ? { readonly columns: ColumnsFitTable<C, T, K> }
    : unknown
}

/** The shared rows of a computation with several outputs: interpolate it in the outputs' queries. */
export const sharedRows: Sql<never> = { kind: "sql", parts: [{ kind: "shared" }] }

/** Options of a computation with several outputs. */
export interface OutputsOptions<
  O,
  G extends Granularity,
  P extends Partitions,
> extends ExecutionPolicy {
  /** The name of the computation, unique among all. */
  readonly name: string
  readonly group: string
  readonly owners?: readonly string[]
  readonly tags?: readonly string[]
  /** Default `unpartitioned`. */
  readonly partitions?: P
  readonly automation?: Automation
  /** Selects the rows that the queries of the outputs read as `${sharedRows}`; it runs once. Default: none. */
  readonly shared?: Sql<G> & ReadsFit<P, G>
  /** Name of an asset → its declaration. */
  readonly outputs: O & OutputsFit<O>
}

/** Declares several assets with one computation. The query `shared`, if present, runs once; the outputs' queries read its rows as `${sharedRows}`. */
export function sqlAssets<
  O extends Readonly<Record<string, Output>>,
  G extends Granularity = never,
  P extends Partitions = Unpartitioned,
>(
  declared: OutputsOptions<O, G, P>,
): { readonly [K in keyof O & string]: Asset<K, O[K]["columns"], P> } {
  const { outputs, shared, name, ...common } = declared
  const queries = Object.entries<Output>(outputs).map(([asset, { query }]) => ({ asset, query }))
  const reads = listReads(shared, ...queries.map(({ query }) => query))
  const computation: SqlComputation = {
    kind: "sql",
    name,
    reads,
    shared,
    outputs: queries,
    execution: selectExecution(declared),
  }
  const entries = Object.entries<Output>(outputs).map(
    ([output, { query: _, publish, ...described }]) => [
      output,
      buildAsset({ ...common, ...described, name: output }, computation, publish),
    ],
  )
  return Object.fromEntries(entries) as never // the entries are the outputs by name, as the return type says
}

type UpstreamRead = AnyAsset | Read
type UpstreamRows<U> = {
  readonly [K in keyof U]: U[K] extends { readonly columns: infer C extends Columns }
    ? Rows<RowOf<C>>
    : U[K] extends { readonly asset: { readonly columns: infer C extends Columns } | undefined }
      ? Rows<RowOf<C>>
      : Rows
}

/** Options of an asset that code computes, besides those of every asset. `R` is the type of what `compute` yields. */
export interface CodeOptions<
  C extends Columns,
  U,
  P extends Partitions,
  T extends PublishedTable,
  K extends string,
  R,
> extends CodeExecutionPolicy {
  readonly columns: ColumnsFitTable<C, T, K> & ColumnsFitRows<C, R>
  /** The version of the code: a change makes all partitions stale. */
  readonly version: string
  /** Name → the asset or the read whose rows `compute` gets by that name. */
  readonly upstream: U & ReadsFit<P, BareGranularity<U[keyof U]>>
  /** Yields rows, or columns of equal length (`ColumnBatch`). */
  readonly compute: (upstream: UpstreamRows<U>, context: ComputeContext) => AsyncIterable<R>
  /** The published table. Default: none. */
  readonly publish?: Publish<T, K>
}

/** Declares an asset that code computes, for computations that SQL cannot express. Change `version` when the code's results change: Freshet does not compare code. */
export function codeAsset<
  const N extends string,
  C extends Columns,
  U extends Readonly<Record<string, UpstreamRead>>,
  P extends Partitions = Unpartitioned,
  T extends PublishedTable = PublishedTable,
  const K extends string = never,
  R = never,
>(declared: AssetOptions<N, C, P> & CodeOptions<C, U, P, T, K, R>): Asset<N, C, P> {
  const { version, upstream, compute, publish, memoryMb, ...described } = declared
  const reads = Object.entries(upstream).map(([name, read]) => [name, toRead(read)] as const)
  const computation: CodeComputation = {
    kind: "code",
    name: declared.name,
    version,
    reads: reads.map(([, read]) => read),
    upstream: Object.fromEntries(reads),
    outputs: [{ asset: declared.name }],
    execution: { ...selectExecution(declared), ...(memoryMb === undefined ? {} : { memoryMb }) },
    compute: compute as CodeComputation["compute"], // the rows come from the reads that RowsOf was computed from
  }
  return buildAsset(described, computation, publish)
}

/** Selects the execution policy from a declaration. */
export function selectExecution({
  retries,
  timeoutSeconds,
  pool,
}: ExecutionPolicy): ExecutionPolicy {
  return { retries, timeoutSeconds, pool }
}

/** Builds the asset of a declaration. */
export function buildAsset<N extends string, C extends Columns, P extends Partitions>(
  declared: AssetOptions<N, C, P>,
  computation: Computation,
  publish: Publish | undefined,
): Asset<N, C, P> {
  const { name, group, description, columns } = declared
  return {
    kind: "asset",
    name,
    group,
    description,
    owners: declared.owners ?? [],
    tags: declared.tags ?? [],
    partitions: declared.partitions ?? (unpartitioned as P), // P is Unpartitioned when the declaration has no partitions
    columns,
    checks: declared.checks ?? [],
    freshness: declared.freshness,
    automation: declared.automation,
    publish,
    previousNames: declared.previousNames ?? [],
    retention: declared.retention ?? keepFor({ days: 30 }),
    report: declared.report,
    computation,
  }
}
