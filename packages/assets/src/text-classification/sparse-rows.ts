/** Rows of numbers of which most are 0: row r has `values[i]` in column `columns[i]` for i from `starts[r]` to `starts[r + 1]`. */
export interface SparseRows {
  readonly starts: Int32Array
  readonly columns: Int32Array
  readonly values: Float64Array
}

/** A row as pairs of column and value. */
export type SparseRow = readonly (readonly [column: number, value: number])[]

/** Packs rows into arrays, one row after the other. */
export function toSparseRows(rows: Iterable<SparseRow>): SparseRows {
  const starts = [0]
  const columns: number[] = []
  const values: number[] = []
  for (const row of rows) {
    for (const [column, value] of row) {
      columns.push(column)
      values.push(value)
    }
    starts.push(columns.length)
  }
  return {
    starts: Int32Array.from(starts),
    columns: Int32Array.from(columns),
    values: Float64Array.from(values),
  }
}

/** Multiplies each row with `weights` and adds `offset`. */
export function multiplyRows(
  { starts, columns, values }: SparseRows,
  weights: Float64Array,
  offset: number,
): Float64Array {
  const products = new Float64Array(starts.length - 1)
  for (let row = 0; row < products.length; row += 1) {
    let sum = offset
    const end = starts[row + 1] ?? 0
    for (let at = starts[row] ?? 0; at < end; at += 1)
      sum += (values[at] ?? 0) * (weights[columns[at] ?? 0] ?? 0)
    products[row] = sum
  }
  return products
}
