import type { SourceAsset } from "@freshet/core"
import type { CsvFormat } from "@freshet/core/engine"

/** The characters that structure a CSV file, and the text of a null value besides the empty one. */
export interface CsvSyntax {
  readonly delimiter: string
  readonly quote: string
  readonly nullText: string | undefined
  /** In a file of one column, a blank line is a null value. */
  readonly nullLines: boolean
}

/** The format of a CSV source. */
export function getCsvFormat({ format }: SourceAsset): CsvFormat {
  return format.kind === "csv" ? format : { kind: "csv" }
}

/** The syntax of a CSV source: that of RFC 4180 unless declared otherwise. */
export function getCsvSyntax(source: SourceAsset): CsvSyntax {
  const { delimiter = ",", quote = '"', null: nullText, blankLines } = getCsvFormat(source)
  return { delimiter, quote, nullText, nullLines: blankLines === "null" }
}
