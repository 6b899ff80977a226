import type { HTMLAttributes, ReactNode } from "react"

/** A column of a table. */
export interface Column<R> {
  readonly head: ReactNode
  /** The direction in which the rows are sorted by the column. */
  readonly sortDirection?: "ascending" | "descending" | undefined
  /** The class of the head and of the cells: alignment, and the widths at which the column is shown. */
  readonly className?: string
  /** The class of the cells only. */
  readonly tone?: string
  readonly cell: (row: R) => ReactNode
}

type RowAttributes = HTMLAttributes<HTMLTableRowElement>

interface TableProps<R> {
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  readonly getKey: (row: R) => string
  readonly getAttributes?: (row: R) => RowAttributes
}

/** A table with one line a row. */
export function Table<R>({ columns, rows, getKey, getAttributes }: TableProps<R>) {
  return (
    <table>
      <TableHead columns={columns} />
      <tbody>
        {rows.map((row) => (
          <TableRow key={getKey(row)} columns={columns} row={row} {...getAttributes?.(row)} />
        ))}
      </tbody>
    </table>
  )
}

/** The heads of columns. */
export function TableHead<R>({ columns }: Pick<TableProps<R>, "columns">) {
  return (
    <thead>
      <tr>
        {columns.map(({ head, className, sortDirection }, at) => (
          // Columns have no key of their own, and are never reordered.
          <th key={at} className={className} aria-sort={sortDirection}>
            {head}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** The cells of one row. */
export function TableRow<R>({
  columns,
  row,
  ...attributes
}: Pick<TableProps<R>, "columns"> & RowAttributes & { readonly row: R }) {
  return (
    <tr {...attributes}>
      {columns.map(({ className = "", tone = "", cell }, at) => (
        <td key={at} className={`${className} ${tone}`}>
          {cell(row)}
        </td>
      ))}
    </tr>
  )
}
