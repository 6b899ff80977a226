/** The rows of a read, in the order of its files. */
export interface Rows<R = Readonly<Record<string, unknown>>> extends AsyncIterable<R> {
  /** Yields up to a few thousand rows at a time as columns, which is much faster. */
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
  /** Returns the value of a row, from 0. */
  readonly get: (index: number) => T
}

/** Rows that code returns as columns of equal length: much faster than one object per row. */
export interface ColumnBatch<R = Readonly<Record<string, unknown>>> {
  readonly kind: "batch"
  readonly columns: { readonly [K in keyof R]: ArrayLike<R[K]> }
}

/** The arguments of code besides its inputs. The code should stop soon after `signal.aborted` becomes true: the run is cancelled, or the time limit has passed. */
export interface ComputeContext {
  readonly partition: string
  readonly signal: { readonly aborted: boolean }
}
