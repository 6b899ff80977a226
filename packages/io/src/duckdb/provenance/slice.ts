import type { Columns } from "@freshet/core"

import type { SeparateKeys } from "./separate-keys.ts"
import type { TraceInput, TraceNode, TraceStop } from "./trace-request.ts"

/** The rows of an input that matter for the traced row, in a temporary table with numbered rows. */
export interface Slice {
  readonly input: TraceInput
  readonly table: string
  readonly columns: Columns
  readonly rows: number
  readonly condition: string
}

/** Values of a join that restrict another relation: rows that come in while lines are left out may have further ones. */
export interface JoinedValues {
  readonly label: string
  readonly table: string
  readonly sources: readonly {
    readonly input: string
    readonly column: string
    readonly condition: string
  }[]
}

/** The slices of a traced row. */
export interface Slices {
  readonly byInput: ReadonlyMap<string, Slice>
  /** The nodes whose queries run over slices, each before the nodes that it reads. */
  readonly nodes: readonly SlicedNode[]
  readonly joinedValues: readonly JoinedValues[]
  readonly stops: readonly TraceStop[]
}

/** A node with slices of all its inputs. */
export interface SlicedNode {
  readonly node: TraceNode
  /** True if each row comes from one row: leaving a row out changes nothing else. */
  readonly isRowWise: boolean
  /** True if all trials can be computed by one query. */
  readonly isLateral: boolean
  /** Id of an output → the columns on which its rows depend separately. */
  readonly separateKeys: ReadonlyMap<string, SeparateKeys | undefined>
}
