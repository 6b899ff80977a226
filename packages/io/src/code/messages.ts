import type { LogMessage } from "@freshet/core/engine"

/** Values of one column after the other; all columns have the same length. */
export type ColumnValueLists = readonly ArrayLike<unknown>[]

/** A message to a process. */
export type ProcessRequest =
  | {
      readonly kind: "compute"
      /** Name of the computation. */
      readonly computation: string
      readonly version: string
      readonly partition: string
    }
  /** The code should stop. */
  | { readonly kind: "abort" }
  /** The next rows of an input as an Arrow IPC stream of one record batch; undefined after the last one. */
  | { readonly kind: "batch"; readonly stream: number; readonly bytes: Uint8Array | undefined }
  | { readonly kind: "read_failed"; readonly stream: number; readonly message: string }
  /** Rows were stored, and further rows may be sent. */
  | { readonly kind: "stored" }

/** A message from a process. */
export type ProcessResponse =
  | { readonly kind: "read"; readonly stream: number; readonly upstream: string }
  | { readonly kind: "stop_read"; readonly stream: number }
  | { readonly kind: "rows"; readonly columns: ColumnValueLists }
  | { readonly kind: "log"; readonly messages: readonly LogMessage[] }
  | {
      readonly kind: "ended"
      readonly failure: CodeFailure | undefined
      readonly isReusable: boolean
    }

/** An error of the code, or of the rows that it returned. */
export interface CodeFailure {
  readonly kind: "thrown" | "rejected_rows" | "unknown_code"
  readonly message: string
}

/** The number of chunks of rows that a process sends before the first of them is stored. */
export const maxPendingChunks = 4
