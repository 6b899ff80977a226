/** A record as far as it was read: quoted values may go on over several lines. */
export interface OpenRecord {
  readonly fields: string[]
  /** The quoted value that is not closed yet. */
  quoted: string | undefined
}

/** The state of a record after one more line. */
export type RecordState = "whole" | "open" | "malformed"

/** An empty record. */
export function createRecord(): OpenRecord {
  return { fields: [], quoted: undefined }
}

/** Reads one more line into the record, by RFC 4180: a quote counts where a value begins, and is doubled inside. */
export function parseCsvLine(record: OpenRecord, line: string): RecordState {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line
  let at = 0
  if (record.quoted !== undefined) {
    record.quoted += "\n"
    at = parseQuoted(record, line, 0)
    if (at < 0) return "open"
    if (at >= text.length) return "whole"
    if (text[at] !== ",") return "malformed"
    at += 1
  }
  return parseFields(record, line, text, at)
}

function parseFields(record: OpenRecord, line: string, text: string, from: number): RecordState {
  for (let at = from; ; at += 1) {
    if (text[at] === '"') {
      record.quoted = ""
      at = parseQuoted(record, line, at + 1)
      if (at < 0) return "open"
    } else {
      const comma = text.indexOf(",", at)
      const end = comma < 0 ? text.length : comma
      record.fields.push(text.slice(at, end))
      at = end
    }
    if (at >= text.length) return "whole"
    if (text[at] !== ",") return "malformed"
  }
}

/** Returns the position after the closing quote; -1 if the value continues in the next line. */
function parseQuoted(record: OpenRecord, line: string, from: number): number {
  let at = from
  for (;;) {
    const quote = line.indexOf('"', at)
    if (quote < 0) {
      record.quoted += line.slice(at)
      return -1
    }
    record.quoted += line.slice(at, quote)
    if (line[quote + 1] !== '"') {
      record.fields.push(record.quoted ?? "")
      record.quoted = undefined
      return quote + 1
    }
    record.quoted += '"'
    at = quote + 2
  }
}
