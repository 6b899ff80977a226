import type { Columns, RowOf } from "./column.ts"
import type { ValueName } from "./publish.ts"

/**
 * Requires of each column that the rows which code yields have it with values of its type. `R` is the type of what the
 * code yields: rows, or columns of equal length. The compiler prints the sentence at the column that misfits.
 */
export type ColumnsFitRows<C extends Columns, R> = [R] extends [never]
  ? unknown
  : { readonly [N in keyof C]: ColumnFitsRows<RowOf<C>[N], ToRow<R>, N & string> }

type ColumnFitsRows<V, Row, N extends string> = [Row] extends [Readonly<Record<N, V>>]
  ? unknown
  : [Row] extends [Readonly<Record<N, unknown>>]
    ? `${N} is ${ValueName<V>} and compute yields ${ValueName<Row[N]>}`
    : `${N} is not in the rows that compute yields`

/** Converts the type of columns of equal length to the type of their rows; a row stays as it is. */
type ToRow<R> = R extends { readonly kind: string; readonly columns: infer B extends object }
  ? { readonly [N in keyof B]: B[N] extends ArrayLike<infer V> ? V : never }
  : R
