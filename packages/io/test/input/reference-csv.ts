import type { SourceAsset } from "@freshet/core"

import { findByteReason, parseReferenceRecord, type ReferenceLine } from "./reference-parser.ts"

/** A record as plain TypeScript parses it, with the number of its first line. */
export type ReferenceRecord = ReferenceLine & { readonly line: number }

interface Syntax {
  readonly delimiter: string
  readonly quote: string
}

/** Parses a CSV file with a valid header, character by character; a line that starts no record is malformed. */
export function parseReferenceCsv(source: SourceAsset, file: Buffer): readonly ReferenceRecord[] {
  if (source.format.kind !== "csv") throw new TypeError(`${source.name} is no CSV source`)
  const {
    delimiter = ",",
    quote = '"',
    header: names = {},
    blankLines,
    shortRecords,
  } = source.format
  const lines = splitLines(file)
  const records: ReferenceRecord[] = []
  let header: readonly (string | undefined)[] | undefined
  for (let at = 0; at < lines.length;) {
    const bytes = lines[at]!
    const hasNullLines = blankLines === "null" && header?.length === 1
    if (!hasNullLines && /^[ \t\r]*$/.test(bytes.toString("latin1"))) {
      at += 1
      continue
    }
    const { fields, length, reason } = readRecord(lines, at, { delimiter, quote })
    const line = at + 1
    at += length
    if (header === undefined) header = fields
    else {
      const missing = header.length - fields.length
      const isWrongWidth = missing < 0 || (missing > 0 && shortRecords !== "empty")
      const fault = reason ?? (isWrongWidth ? "wrong_width" : undefined)
      const columns = Object.keys(source.columns)
      const values = columns.map(
        (name) => [name, fields[header!.indexOf(names[name] ?? name)]] as const,
      )
      records.push(
        fault === undefined
          ? { line, ...parseReferenceRecord(source, new Map(values)) }
          : { line, kind: "fault", reason: fault },
      )
    }
  }
  return records
}

function splitLines(file: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < file.length;) {
    const newline = file.indexOf(10, start)
    const end = newline < 0 ? file.length : newline
    lines.push(file.subarray(start, end))
    start = end + 1
  }
  const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])
  return lines.map((line, at) =>
    at === 0 && line.subarray(0, 3).equals(byteOrderMark) ? line.subarray(3) : line,
  )
}

interface RecordReading {
  readonly fields: readonly (string | undefined)[]
  /** The number of lines. */
  readonly length: number
  readonly reason: string | undefined
}

/** Reads the record that starts at this line. */
function readRecord(lines: readonly Buffer[], from: number, syntax: Syntax): RecordReading {
  const fields: (string | undefined)[] = []
  let state: CharacterState = { kind: "start" }
  for (let at = from; at < lines.length; at += 1) {
    const byteReason = findByteReason(lines[at]!)
    if (byteReason !== undefined)
      return { fields, length: 1, reason: at === from ? byteReason : "malformed_csv" }
    for (const character of `${lines[at]!.toString("utf8")}\n`) {
      state = readCharacter(state, character, syntax, fields)
      if (state.kind === "malformed") return { fields, length: 1, reason: "malformed_csv" }
    }
    if (state.kind === "end") return { fields, length: at - from + 1, reason: undefined }
  }
  return { fields, length: 1, reason: "malformed_csv" }
}

type CharacterState =
  | { readonly kind: "start" | "end" | "malformed" }
  | { readonly kind: "bare" | "quoted" | "closed"; readonly text: string }
  | { readonly kind: "return"; readonly field: string | undefined }

function readCharacter(
  state: CharacterState,
  character: string,
  { delimiter, quote }: Syntax,
  fields: (string | undefined)[],
): CharacterState {
  if (state.kind === "end" || state.kind === "malformed") return { kind: "malformed" }
  if (state.kind === "return") {
    fields.push(state.field)
    return { kind: character === "\n" ? "end" : "malformed" }
  }
  if (state.kind === "quoted")
    return character === quote
      ? { kind: "closed", text: state.text }
      : { kind: "quoted", text: state.text + character }
  if (state.kind === "closed" && character === quote)
    return { kind: "quoted", text: state.text + quote }
  const field = "text" in state ? state.text : undefined
  if (character === delimiter || character === "\n") {
    fields.push(field)
    return { kind: character === "\n" ? "end" : "start" }
  }
  if (character === "\r") return { kind: "return", field }
  if (state.kind === "closed") return { kind: "malformed" }
  if (state.kind === "start" && character === quote) return { kind: "quoted", text: "" }
  return { kind: "bare", text: (field ?? "") + character }
}
