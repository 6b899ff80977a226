import type { RowsDocument } from "../../api/documents.ts"

/** The rows of an answer; decimals are text. */
export type FilmRows = RowsDocument["rows"]

export interface ChartProps {
  readonly rows: FilmRows
  /** The unit of adjusted money. */
  readonly unit: string
}

/** The number of rows that a chart shows. */
export const shownRows = 10
