import type { Check } from "./check.ts"
import type { Columns, RowOf } from "./column.ts"
import type { Freshness } from "./freshness.ts"
import { type Granularity, type Partitions, type TimedGranularity } from "./partition.ts"
import { type Unpartitioned, unpartitioned } from "./partition.ts"
import type { FitsTable, Publish, PublishedTable, CompilerMessage } from "./publish.ts"
import type { Read } from "./read.ts"
import { type Retention, keepFor } from "./retention.ts"
import type { SourceAsset } from "./source.ts"
import { type BareGranularity, type Sql, listReads } from "./sql.ts"

/** A dataset that Freshet makes: its name, its columns, and the computation it is an output of. */
export interface Asset<
  N extends string = string,
  C extends Columns = Columns,
  P extends Partitions = Partitions,
> {
  readonly kind: "asset"
  readonly name: N
  readonly group: string
  readonly description: string
  readonly owners: readonly string[]
  readonly tags: readonly string[]
  readonly partitions: P
  readonly columns: C
  readonly checks: readonly Check[]
  readonly freshness: Freshness | undefined
  readonly publish: Publish | undefined
  /** Names that it had before, the first one first: what was made under them is its own past. */
  readonly previousNames: readonly string[]
  readonly retention: Retention
  readonly report: Report | undefined
  readonly computation: Computation
}

/** How an asset's rows are shown to people as the answer to a question; its description is the definition. `C` is the union of its columns. */
export interface Report<C extends string = string> {
  readonly title: string
  /** The columns of days that say from when to when the rows are about: the earliest and the latest of them are the report's period. */
  readonly period?: readonly [from: C, to: C]
}

/** Whatever can be read: an asset or a source. */
export type AnyAsset = Asset | SourceAsset

/** How one or more assets are made together. Its name is unique; every output has the same partitions and reads. */
export type Computation = SqlComputation | CodeComputation

/** One query for each output, over rows that may first be computed once for all of them. */
export interface SqlComputation {
  readonly kind: "sql"
  readonly name: string
  readonly reads: readonly Read[]
  readonly shared: Sql | undefined
  readonly outputs: readonly { readonly asset: string; readonly query: Sql }[]
}

/** What SQL cannot do: batches of rows of the upstreams in, rows out. Runs again when `version` or an input changes. */
export interface CodeComputation {
  readonly kind: "code"
  readonly name: string
  readonly version: string
  readonly reads: readonly Read[]
  readonly upstream: Readonly<Record<string, Read>>
  readonly outputs: readonly { readonly asset: string }[]
  /** Called once a partition; `upstream` has the rows of each read, `partition` its key. */
  readonly compute: (
    upstream: Readonly<Record<string, Rows>>,
    context: ComputeContext,
  ) => AsyncIterable<Readonly<Record<string, unknown>> | ColumnBatch>
}

/** The rows of a read, in order of file; `batches` lends up to a few thousand rows as columns, which is much the faster way. */
export interface Rows<R = Readonly<Record<string, unknown>>> extends AsyncIterable<R> {
  readonly batches: () => AsyncIterable<Batch<R>>
}

/** Some rows as columns. */
export interface Batch<R = Readonly<Record<string, unknown>>> {
  readonly rows: number
  readonly columns: { readonly [K in keyof R]: ColumnValues<R[K]> }
}

/** The values of one column of a batch; an Arrow vector is one. */
export interface ColumnValues<T> extends Iterable<T> {
  readonly length: number
  readonly get: (index: number) => T
}

/** Rows that code gives as columns, all of the same length: much faster than one object a row. */
export interface ColumnBatch<R = Readonly<Record<string, unknown>>> {
  readonly kind: "batch"
  readonly columns: { readonly [K in keyof R]: ArrayLike<R[K]> }
}

/** What code is told besides its inputs; it should stop soon after `signal.aborted` becomes true. */
export interface ComputeContext {
  readonly partition: string
  readonly signal: { readonly aborted: boolean }
}

/** What every declaration of an asset may say. */
interface AssetOptions<N, C, P> {
  readonly name: N
  readonly group: string
  readonly description: string
  readonly owners?: readonly string[]
  readonly tags?: readonly string[]
  readonly partitions?: P
  readonly columns: C
  readonly checks?: readonly Check<keyof C & string>[]
  readonly freshness?: Freshness
  readonly previousNames?: readonly string[]
  readonly retention?: Retention
  readonly report?: Report<keyof C & string>
}

/** The sentence for bare reads that leave open which partitions are meant; never when there are none, or when the compiler does not know what is read. */
type ReadMisfit<K extends Granularity, G extends Granularity> = Granularity extends G
  ? never
  : K extends "none"
    ? Sentence<
        Exclude<G, "none">,
        "an unpartitioned asset reads a partitioned one: say all(…) or latest(…)"
      >
    : K extends "static"
      ? Sentence<
          Extract<G, TimedGranularity>,
          "an asset with a partition a key reads one that is cut by time: say all(…) or latest(…)"
        >
      : | Sentence<
            Extract<G, "static">,
            "an asset that is cut by time reads one with a partition a key: say all(…)"
          >
        | Sentence<
            K extends "weekly" | "monthly" ? Extract<G, Exclude<"weekly" | "monthly", K>> : never,
            "weeks and months do not nest: read what is daily instead, or say all(…)"
          >

type Sentence<Wrong, S extends string> = [Wrong] extends [never] ? never : S

/** What an asset reads bare must be cut so that its own partition says which partitions are meant. */
type ReadsFit<P extends Partitions, G extends Granularity> = [ReadMisfit<P["kind"], G>] extends [
  never,
]
  ? unknown
  : CompilerMessage<ReadMisfit<P["kind"], G>>

/** An asset made by one query. Its upstream is what the query interpolates. */
export function sqlAsset<
  const N extends string,
  C extends Columns,
  G extends Granularity = never,
  P extends Partitions = Unpartitioned,
  T extends PublishedTable = PublishedTable,
>(
  declared: AssetOptions<N, C, P> & {
    readonly query: Sql<G> & ReadsFit<P, G>
    readonly publish?: Publish<T> & FitsTable<C, T>
  },
): Asset<N, C, P> {
  const { query, publish, ...described } = declared
  const computation: SqlComputation = {
    kind: "sql",
    name: declared.name,
    reads: listReads(query),
    shared: undefined,
    outputs: [{ asset: declared.name, query }],
  }
  return buildAsset(described, computation, publish)
}

/** What one of several outputs says of itself. */
export interface Output<C extends Columns = Columns> {
  readonly description: string
  readonly columns: C
  readonly query: Sql
  readonly checks?: readonly Check<keyof C & string>[]
  readonly previousNames?: readonly string[]
  readonly retention?: Retention
  readonly publish?: Publish
}

/** Every output that is published fits its table. */
type OutputsFit<O> = {
  readonly [K in keyof O]: O[K] extends {
    readonly columns: infer C extends Columns
    readonly publish: Publish<infer T>
  }
    ? { readonly publish: FitsTable<C, T> }
    : unknown
}

/** The rows that a computation of several outputs computes once: interpolate it in the outputs' queries. */
export const sharedRows: Sql<never> = { kind: "sql", parts: [{ kind: "shared" }] }

/** Several assets made by one computation: `shared`, if any, runs once, and the outputs' queries may read it as `${sharedRows}`. */
export function sqlAssets<
  O extends Readonly<Record<string, Output>>,
  G extends Granularity = never,
  P extends Partitions = Unpartitioned,
>(declared: {
  readonly name: string
  readonly group: string
  readonly owners?: readonly string[]
  readonly tags?: readonly string[]
  readonly partitions?: P
  readonly shared?: Sql<G> & ReadsFit<P, G>
  readonly outputs: O & OutputsFit<O>
}): { readonly [K in keyof O & string]: Asset<K, O[K]["columns"], P> } {
  const { outputs, shared, name, ...common } = declared
  const queries = Object.entries<Output>(outputs).map(([asset, { query }]) => ({ asset, query }))
  const reads = listReads(shared, ...queries.map(({ query }) => query))
  const computation: SqlComputation = { kind: "sql", name, reads, shared, outputs: queries }
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

/** An asset made by code, for what SQL cannot do. `version` is written by hand: change it when the code's meaning changes. */
export function codeAsset<
  const N extends string,
  C extends Columns,
  U extends Readonly<Record<string, UpstreamRead>>,
  P extends Partitions = Unpartitioned,
  T extends PublishedTable = PublishedTable,
>(
  declared: AssetOptions<N, C, P> & {
    readonly version: string
    readonly upstream: U & ReadsFit<P, BareGranularity<U[keyof U]>>
    readonly compute: (
      upstream: UpstreamRows<U>,
      context: ComputeContext,
    ) => AsyncIterable<RowOf<C> | ColumnBatch<RowOf<C>>>
    readonly publish?: Publish<T> & FitsTable<C, T>
  },
): Asset<N, C, P> {
  const { version, upstream, compute, publish, ...described } = declared
  const reads = Object.entries(upstream).map(([name, read]) => [name, toRead(read)] as const)
  const computation: CodeComputation = {
    kind: "code",
    name: declared.name,
    version,
    reads: reads.map(([, read]) => read),
    upstream: Object.fromEntries(reads),
    outputs: [{ asset: declared.name }],
    compute: compute as CodeComputation["compute"], // the rows come from the reads that RowsOf was computed from
  }
  return buildAsset(described, computation, publish)
}

function toRead(value: UpstreamRead): Read {
  return value.kind === "read" ? value : { kind: "read", asset: value, window: { kind: "same" } }
}

function buildAsset<N extends string, C extends Columns, P extends Partitions>(
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
    partitions: declared.partitions ?? (unpartitioned as P), // P is Unpartitioned when nothing is said
    columns,
    checks: declared.checks ?? [],
    freshness: declared.freshness,
    publish,
    previousNames: declared.previousNames ?? [],
    retention: declared.retention ?? keepFor({ days: 30 }),
    report: declared.report,
    computation,
  }
}
