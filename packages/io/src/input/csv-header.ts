import type { SourceAsset } from "@freshet/core"

import { createRecord, parseCsvLine } from "./csv-record-parser.ts"
import { type CsvSyntax, getCsvFormat, getCsvSyntax } from "./csv-syntax.ts"

/** A header that does not have each column of its source exactly once. */
export interface HeaderFault {
  /** Completes "the file …". */
  readonly message: string
  /** The delimiter with which the header would fit. */
  readonly fittingDelimiter: string | undefined
}

/** Lists the names of a source's columns in a header. */
export function listHeaderNames(source: SourceAsset): readonly string[] {
  const headerNames = getCsvFormat(source).header
  return Object.keys(source.columns).map((column) => headerNames?.[column] ?? column)
}

/** Finds the fault of a header; undefined if it fits the source. */
export function findHeaderFault(
  source: SourceAsset,
  header: readonly string[],
): HeaderFault | undefined {
  const names = listHeaderNames(source)
  const missing = names.filter((name) => !header.includes(name))
  const duplicates = names.filter((name) => header.indexOf(name) !== header.lastIndexOf(name))
  const faultyNames = missing.length > 0 ? missing : duplicates
  if (faultyNames.length === 0) return undefined
  const fault = missing.length > 0 ? "has no column" : "has more than once the column"
  const headerText = header.slice(0, 50).join(", ").slice(0, 1000)
  return {
    message: `${fault} ${faultyNames.join(", ")}; its header says: ${headerText}`,
    fittingDelimiter: undefined,
  }
}

/** Finds the fault of the first line of a file; undefined if it fits, or if the header has more lines. */
export function findHeaderLineFault(source: SourceAsset, line: string): HeaderFault | undefined {
  const syntax = getCsvSyntax(source)
  const header = parseHeaderLine(line, syntax)
  const fault = header && findHeaderFault(source, header)
  if (fault === undefined) return undefined
  const fittingDelimiter = [",", ";", "\t", "|"].find((delimiter) => {
    const otherHeader = parseHeaderLine(line, { ...syntax, delimiter })
    return otherHeader !== undefined && findHeaderFault(source, otherHeader) === undefined
  })
  return { ...fault, fittingDelimiter }
}

/** A malformed line counts as one name, which fits no source. */
function parseHeaderLine(line: string, syntax: CsvSyntax): readonly string[] | undefined {
  const record = createRecord()
  const state = parseCsvLine(record, line, syntax)
  if (state === "open") return undefined
  return state === "whole" ? record.fields : [line]
}
