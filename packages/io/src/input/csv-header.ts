import type { SourceAsset } from "@freshet/core"

import { createRecord, parseCsvLine } from "./csv-record-parser.ts"
import { type CsvSyntax, getCsvFormat, getCsvSyntax } from "./csv-syntax.ts"

/** The positions of a source's columns in the records of a file of `width` columns. */
export interface CsvLayout {
  readonly width: number
  readonly positions: ReadonlyMap<string, number>
}

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

/** Returns the names in a header's values. */
export function listNames(fields: readonly (string | undefined)[]): readonly string[] {
  return fields.map((field) => field ?? "")
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

/** Tests if a line that does not fit has carriage returns where other files have newlines. */
export function hasBareReturn(line: string): boolean {
  return /\r[^\r]/.test(line) && !line.includes('"')
}

/** Completes "the file …". */
export const bareReturnMessage =
  "ends its lines with carriage returns alone: end them with \\n or \\r\\n"

/** Finds the fault of the first line of a file; undefined if it fits, or if the header has more lines. */
export function findHeaderLineFault(source: SourceAsset, line: string): HeaderFault | undefined {
  if (hasBareReturn(line)) return { message: bareReturnMessage, fittingDelimiter: undefined }
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
  return state === "whole" ? listNames(record.fields) : [line]
}
