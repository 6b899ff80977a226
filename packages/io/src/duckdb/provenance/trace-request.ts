import type { Asset, Columns, SourceAsset } from "@freshet/core"
import type { LandedFile, PartitionText, SqlComputation } from "@freshet/core/engine"

/** The rows of one partition that a computation read: a stored file, or landed files. */
export type TraceInput =
  | {
      readonly kind: "stored"
      readonly id: string
      readonly asset: string
      readonly partition: string
      readonly columns: Columns
      /** Key of the store. */
      readonly file: string
    }
  | {
      readonly kind: "landed"
      readonly id: string
      readonly source: SourceAsset
      readonly partition: string
      readonly files: readonly LandedFile[]
      /** The partition of the reader, to which the rules of the source may refer. */
      readonly reader: PartitionText
    }

/** One materialization of a computation in SQL, with the recorded versions of its inputs. */
export interface TraceNode {
  readonly id: string
  readonly computation: SqlComputation
  readonly partition: PartitionText
  /** Relation → ids of the inputs. */
  readonly reads: ReadonlyMap<string, readonly string[]>
  readonly outputs: readonly { readonly asset: Asset; readonly input: string }[]
}

/** A row of a stored partition, and the materializations upstream of it. */
export interface TraceRequest {
  readonly target: { readonly input: string; readonly key: Readonly<Record<string, string>> }
  /** Each node before the nodes that it reads. */
  readonly nodes: readonly TraceNode[]
  readonly inputs: ReadonlyMap<string, TraceInput>
  readonly limits: TraceLimits
}

/** The limits of one trace. */
export interface TraceLimits {
  /** The number of lines that are left out one by one. */
  readonly candidates: number
  /** The number of rows of one partition that are read for the row. */
  readonly rows: number
  /** The same for a query whose rows all depend on each other, such as a ranking of everything: each line left out computes all of it. */
  readonly joinedRows: number
  /** The duration in milliseconds. */
  readonly ms: number
}

/** A row by column name, JSON-safe. */
export type TracedRow = Readonly<Record<string, unknown>>

/** A line that the row depends on. */
export interface TracedLine {
  readonly input: string
  /** Path in the landing zone. */
  readonly file: string
  readonly ordinal: number
  /** True if the row changes when this line alone is left out. */
  readonly isDecisive: boolean
}

/** The result of a trace. */
export interface Trace {
  /** The traced rows; none if the partition has no row with this key. */
  readonly rows: readonly TracedRow[]
  /** The rows of each partition that change with the lines, the target first. */
  readonly steps: readonly {
    readonly input: string
    readonly rows: readonly TracedRow[]
    readonly count: number
  }[]
  readonly lines: readonly TracedLine[]
  /** The number of lines that were left out one by one. */
  readonly candidates: number
  /** The row without all of the lines: gone, changed, or the same. */
  readonly outcome: "removed" | "changed" | "unchanged"
  /** The partitions behind which lines were not searched. */
  readonly stops: readonly TraceStop[]
}

/** A partition behind which the trace ends. */
export interface TraceStop {
  readonly input: string
  readonly reason: "too_many_rows" | "too_many_lines" | "not_reproduced"
}
