import type { SourceAsset } from "@freshet/core"
import type { CsvFormat } from "@freshet/core/engine"

/** The characters that structure a CSV file, and the text of a null value besides the empty one. */
export interface CsvSyntax {
  readonly delimiter: string
  readonly quote: string
  readonly nullText: string | undefined
  /** In a file of one column, a blank line is a null value. */
  readonly nullLines: boolean
  /** The number of records before the rows. */
  readonly headerRecords: 0 | 1
}

/** The format of a CSV source. */
export function getCsvFormat({ format }: SourceAsset): CsvFormat {
  return format.kind === "csv" ? format : { kind: "csv" }
}

/** The syntax of a CSV source: that of RFC 4180 unless declared otherwise. */
export function getCsvSyntax(source: SourceAsset): CsvSyntax {
  const format = getCsvFormat(source)
  const { delimiter = ",", quote = '"', null: nullText, noHeader } = format
  const nullLines = format.blankLines === "null" && (noHeader?.width ?? 1) === 1
  return { delimiter, quote, nullText, nullLines, headerRecords: hasHeader(source) ? 1 : 0 }
}

/** Tests if the files of a source begin with a header. */
export function hasHeader(source: SourceAsset): boolean {
  return source.format.kind === "csv" && source.format.noHeader === undefined
}
