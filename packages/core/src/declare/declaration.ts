import type { Automation } from "./automation.ts"
import type { Columns } from "./column.ts"
import type { CodeExecutionPolicy, ExecutionPolicy } from "./execution.ts"
import type { Freshness } from "./freshness.ts"
import type { Granularity, Partitions } from "./partition.ts"
import type { Publish } from "./publish.ts"
import type { Retention } from "./retention.ts"
import type { ColumnBatch, ComputeContext, Rows } from "./rows.ts"
import type { LineKinds, SourceFormat } from "./source-format.ts"
import type { KafkaStream } from "./stream.ts"
import type { Window } from "./window.ts"

// These types refer to each other, so they share a file: an asset has a computation, a computation has reads and
// queries, and both refer to assets.

/** An asset or a source: anything that a computation can read. */
export type AnyAsset = Asset | SourceAsset

/** A dataset that Freshet materializes: its name, its columns, and the computation that has it as an output. */
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
  readonly automation: Automation | undefined
  readonly publish: Publish | undefined
  /** Earlier names of the asset, the oldest first: their materializations belong to its history. */
  readonly previousNames: readonly string[]
  readonly retention: Retention
  readonly report: Report | undefined
  readonly computation: Computation
}

/** Presentation of an asset's rows as a report; the asset's description defines its content. `C` is the union of its columns. */
export interface Report<C extends string = string> {
  readonly title: string
  /** Two date columns: the smallest and the largest of their values are the report's period. */
  readonly period?: readonly [from: C, to: C]
}

/** Files that land, one or more per partition. */
export interface SourceAsset<
  N extends string = string,
  C extends Columns = Columns,
  P extends Partitions = Partitions,
> {
  readonly kind: "source"
  readonly name: N
  readonly group: string
  readonly description: string
  /** People or teams who answer for the files. Default: none. */
  readonly owners: readonly string[]
  /** Tags select sources as `tag:NAME`. Default: none. */
  readonly tags: readonly string[]
  readonly partitions: P
  readonly columns: C
  readonly format: SourceFormat
  /**
   * Path in the landing zone, without a compression suffix: `x/{partition}.json` with `{partition}` for the key also
   * matches `x/{partition}.json.gz` and the files of a folder `x/{partition}.json/`. `{yyyy}`, `{mm}`, `{dd}` and
   * `{hh}` write the key in another form, in names of folders as well: `{yyyy}/{mm}/{dd}/{hh}.json`. A `*` stands for
   * any text in a name: all files that match are of the partition.
   */
  readonly path: string
  /**
   * Rule for a partition without a file. `wait` blocks its readers. `gap` gives it no rows once a later partition has a
   * file; the source ends at its newest file. `empty` gives it no rows: every ended partition exists, so that other
   * reads, or else the clock, decide which partitions a reader has. For a source of one file, `empty` makes the file
   * optional. Default `wait`.
   */
  readonly whenMissing: "wait" | "gap" | "empty"
  /**
   * Rule for files that are removed after use, from the beginning of a source that is partitioned by time: `keep` lets
   * the rows that were computed from them stand, and they cannot be recomputed; `retract` removes these partitions, as
   * if the files had never landed. Default `keep`.
   */
  readonly whenRemoved: "keep" | "retract"
  /** The stream whose messages `freshet land kafka` and `freshet serve` land. Default: none, another system lands the files. */
  readonly stream: KafkaStream | undefined
  /** The columns of each kind of line, if a file has several kinds. Default: all lines have all columns. */
  readonly lineKinds: LineKinds | undefined
  /** Reasons to quarantine readable lines. Default: none. */
  readonly reject: readonly RejectRule[]
  /** The lines that are quarantined because an earlier one is equal. Default: none. */
  readonly duplicate: DuplicateRule | undefined
  /**
   * The share of lines (0 to 1) that may be quarantined; above it the step fails, up to it there is a warning.
   * Default 0.01.
   */
  readonly tolerance: number
  /** Earlier names of the source, the oldest first. Default: none. */
  readonly previousNames: readonly string[]
}

/**
 * A reason to quarantine a readable line: `when` is a condition over the source's columns. A line with several
 * faults gets the first of: `nul_byte`, `invalid_utf8`, `malformed_json` (or `malformed_csv`), the reason of
 * `lineKinds`, `missing_field`, `wrong_type`, these rules in order, `out_of_range`, the duplicate rule. A rule
 * therefore sees whole numbers of any size, as the file has them, and can name their range itself.
 *
 * A number that the column cannot hold without a change is `wrong_type` if it has too many decimal places, else
 * `out_of_range`, like a day or an instant outside the years 1 to 9999 in UTC. An instant with a part of a microsecond
 * is `wrong_type`. Elements of lists and members of structs have the same rules; the reason contains their path, in
 * which lists begin with 1 as in SQL: `items[2].price: out_of_range`.
 */
export interface RejectRule {
  readonly reason: string
  readonly when: Sql
}

/** A line is a duplicate when an earlier line of the same partition has equal `columns`, none of them null; only lines that satisfy `when` are compared. */
export interface DuplicateRule {
  readonly reason: string
  readonly columns: readonly string[]
  readonly when: Sql
}

/** The rule that materializes one or more assets together. Its name is unique; all its outputs have the same partitions and reads. */
export type Computation = SqlComputation | CodeComputation

/** One query per output, over shared rows that are computed once for all of them. */
export interface SqlComputation {
  readonly kind: "sql"
  readonly name: string
  readonly reads: readonly Read[]
  readonly shared: Sql | undefined
  readonly outputs: readonly { readonly asset: string; readonly query: Sql }[]
  readonly execution: ExecutionPolicy
}

/** A computation in TypeScript: rows of the upstreams in, rows out. A change of `version` makes its partitions stale. */
export interface CodeComputation {
  readonly kind: "code"
  readonly name: string
  readonly version: string
  readonly reads: readonly Read[]
  readonly upstream: Readonly<Record<string, Read>>
  readonly outputs: readonly { readonly asset: string }[]
  readonly execution: CodeExecutionPolicy
  /** Called once per partition; `upstream` holds the rows of each read by name. */
  readonly compute: (
    upstream: Readonly<Record<string, Rows>>,
    context: ComputeContext,
  ) => AsyncIterable<Readonly<Record<string, unknown>> | ColumnBatch>
}

/** A failed `error` check blocks everything downstream and publication; a failed `warn` check is recorded and shown. Checks are of severity `error` unless declared. */
export type Severity = "error" | "warn"

/** An assertion about the rows of one partition. `C` is the union of the columns that it names. */
export interface Check<C extends string = string> {
  readonly kind: "check"
  readonly name: string
  readonly severity: Severity
  readonly description: string
  readonly rule: CheckRule
  /** Exists only for the compiler. */
  readonly names?: C
}

/** The assertion of a check. The engine evaluates all rules without a query in one scan of the partition. */
export type CheckRule =
  | { readonly kind: "unique"; readonly columns: readonly string[] }
  | { readonly kind: "not_null"; readonly columns: readonly string[] }
  | { readonly kind: "row_count"; readonly min: number; readonly max: number | undefined }
  | {
      readonly kind: "no_rows"
      /** Passes when the query returns no rows. */
      readonly query: Sql
      /** A cheaper query that returns one boolean: true proves that `query` returns no rows and need not run. */
      readonly proof?: Sql
    }

/** A read of an upstream by a computation: the asset and the window of its partitions. `asset` is undefined when an asset reads itself. */
export interface Read<A extends AnyAsset | undefined = AnyAsset | undefined> {
  readonly kind: "read"
  readonly asset: A
  readonly window: Window
  /** True for a read that is pinned to the files that were landed when the reader's partition was first materialized. */
  readonly asLanded?: boolean
}

/** A query or a fragment of one, as data. `G` is the union of the granularities of the assets that it reads without a window. */
export interface Sql<G extends Granularity = Granularity> {
  readonly kind: "sql"
  readonly parts: readonly SqlPart[]
  /** Exists only for the compiler. */
  readonly bare?: G
}

/** A piece of a query: text, a read, a value of the partition, or the computation's shared rows. */
export type SqlPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "read"; readonly read: Read }
  | PartitionFact
  | { readonly kind: "shared" }

/** A value of the computed partition that a query may use. */
export type PartitionFact =
  | { readonly kind: "partition_key" }
  | { readonly kind: "partition_day" }
  | { readonly kind: "partition_start" }
  | { readonly kind: "partition_end" }
