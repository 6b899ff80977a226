import type { CsvSyntax } from "./csv-syntax.ts"

/** A partial record: quoted values may continue over several lines. */
export interface OpenRecord {
  /** The values; undefined is an empty value without quotes. */
  readonly fields: (string | undefined)[]
  /** The open quoted value. */
  quoted: string | undefined
}

/** The state of a record after one more line. */
export type RecordState = "whole" | "open" | "malformed"

/** An empty record. */
export function createRecord(): OpenRecord {
  return { fields: [], quoted: undefined }
}

/**
 * Parses one more line of the record by RFC 4180: a quote counts at the start of a value and is doubled inside, and
 * a carriage return outside quotes ends a line together with its newline.
 */
export function parseCsvLine(record: OpenRecord, line: string, syntax: CsvSyntax): RecordState {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line
  let at = 0
  if (record.quoted !== undefined) {
    record.quoted += "\n"
    at = parseQuoted(record, line, 0, syntax.quote)
    if (at < 0) return "open"
    if (at >= text.length) return "whole"
    if (text[at] !== syntax.delimiter) return "malformed"
    at += 1
  }
  return parseFields(record, { line, text }, at, syntax)
}

/** `text` is the line without a carriage return at its end. */
function parseFields(
  record: OpenRecord,
  { line, text }: { readonly line: string; readonly text: string },
  from: number,
  { delimiter, quote }: CsvSyntax,
): RecordState {
  for (let at = from; ; at += 1) {
    if (text[at] === quote) {
      record.quoted = ""
      at = parseQuoted(record, line, at + 1, quote)
      if (at < 0) return "open"
    } else {
      const delimiterAt = text.indexOf(delimiter, at)
      const end = delimiterAt < 0 ? text.length : delimiterAt
      const value = text.slice(at, end)
      if (value.includes("\r")) return "malformed"
      record.fields.push(value === "" ? undefined : value)
      at = end
    }
    if (at >= text.length) return "whole"
    if (text[at] !== delimiter) return "malformed"
  }
}

/** Returns the position after the closing quote; -1 if the value continues in the next line. */
function parseQuoted(record: OpenRecord, line: string, from: number, quote: string): number {
  let at = from
  for (;;) {
    const quoteAt = line.indexOf(quote, at)
    if (quoteAt < 0) {
      record.quoted += line.slice(at)
      return -1
    }
    record.quoted += line.slice(at, quoteAt)
    if (line[quoteAt + 1] !== quote) {
      record.fields.push(record.quoted ?? "")
      record.quoted = undefined
      return quoteAt + 1
    }
    record.quoted += quote
    at = quoteAt + 2
  }
}
