import type { SourceAsset } from "@freshet/core"

import { columnFinder } from "./column-finder.ts"
import { findShape, isWhole, lineShapes, type Shape } from "./line-shape.ts"
import { fitsTemplate, type LineTemplate, templateOf, type ValueSpan } from "./line-template.ts"
import { doubt, newline, readAny, readColon, readWord, skipSpace } from "./plain-json.ts"
import { plainValue, type ReadValue } from "./plain-value.ts"

/**
 * Whether a line, which ends with a newline, surely is a good row as far as JSON, types and presence go:
 * one object of strict JSON that says nothing twice, has the columns of its kind and no others' values.
 * False means doubt. The bytes are taken to be UTF-8.
 */
export type IsPlainLine = (bytes: Uint8Array, start: number) => boolean

const mostTemplates = 16

/** Recognises the plain lines of a source. Most have the form of one seen before, and are compared with it. */
export function plainLines(source: SourceAsset): IsPlainLine {
  const recognise = lineRecogniser(source)
  const templates: LineTemplate[] = []
  return (bytes, start) => {
    for (const template of templates) if (fitsTemplate(bytes, start, template)) return true
    const line = recognise(bytes, start)
    if (line === undefined) return false
    if (templates.length < mostTemplates)
      templates.push(templateOf(bytes, start, line.end, line.values))
    return true
  }
}

interface PlainLine {
  /** After the newline. */
  readonly end: number
  readonly values: readonly ValueSpan[]
}

/** What is known of a line while it is read. */
interface Reading {
  readonly values: ValueSpan[]
  /** Numbers of the columns that it says, and of those that are not null. */
  readonly said: Set<number>
  readonly present: Set<number>
  /** Hashes of keys that are no columns. */
  readonly others: Set<number>
  shape: Shape | undefined
}

/** Reads a line byte by byte; undefined when it is not plain. */
function lineRecogniser(
  source: SourceAsset,
): (bytes: Uint8Array, start: number) => PlainLine | undefined {
  const names = Object.keys(source.columns)
  const readers = Object.values(source.columns).map(plainValue)
  const findColumn = columnFinder(names)
  const shapes = lineShapes(source)
  const kindColumn = names.indexOf(source.lineKinds?.column ?? "")

  const readValue = (bytes: Uint8Array, at: number, read: ReadValue, line: Reading): number => {
    const end = read(bytes, at)
    line.values.push({ start: at, end, read })
    return end
  }
  const readColumn = (bytes: Uint8Array, at: number, column: number, line: Reading): number => {
    if (line.said.has(column)) return doubt
    line.said.add(column)
    if (bytes[at] === 110) return readWord(bytes, at, "null")
    line.present.add(column)
    const read = readers[column] ?? (() => doubt)
    if (column !== kindColumn) return readValue(bytes, at, read, line)
    const end = read(bytes, at)
    if (end !== doubt) line.shape = findShape(shapes, bytes, at, end)
    return end
  }
  const readMember = (bytes: Uint8Array, from: number, line: Reading): number => {
    const key = readKey(bytes, from)
    if (key === undefined) return doubt
    const at = readColon(bytes, key.end + 1)
    if (at === doubt) return doubt
    const column = findColumn(bytes, from, key.end, key.hash)
    if (column >= 0) return readColumn(bytes, at, column, line)
    if (line.others.has(key.hash)) return doubt
    line.others.add(key.hash)
    return readValue(bytes, at, readAnyValue, line)
  }

  return (bytes, start) => {
    const line: Reading = {
      values: [],
      said: new Set(),
      present: new Set(),
      others: new Set(),
      shape: kindColumn < 0 ? shapes[0] : undefined,
    }
    const end = readObject(bytes, start, (at) => readMember(bytes, at, line))
    return end !== doubt && isWhole(line) ? { end, values: line.values } : undefined
  }
}

function readAnyValue(bytes: Uint8Array, at: number): number {
  return readAny(bytes, at, 0)
}

/** After the newline that ends the object's line. */
function readObject(bytes: Uint8Array, start: number, readMember: (at: number) => number): number {
  let at = skipSpace(bytes, start)
  if (bytes[at] !== 123) return doubt
  do {
    at = skipSpace(bytes, at + 1)
    if (bytes[at] !== 34) return doubt
    at = readMember(at + 1)
    if (at === doubt) return doubt
    at = skipSpace(bytes, at)
  } while (bytes[at] === 44)
  if (bytes[at] !== 125) return doubt
  const end = skipSpace(bytes, at + 1)
  return bytes[end] === newline ? end + 1 : doubt
}

/** The hash of a key without escapes, and where its closing quote is. */
function readKey(
  bytes: Uint8Array,
  from: number,
): { readonly hash: number; readonly end: number } | undefined {
  let hash = 0
  let end = from
  for (let byte = bytes[end] ?? 0; byte !== 34; byte = bytes[end] ?? 0) {
    if (byte < 32 || byte === 92) return undefined
    hash = (Math.imul(hash, 31) + byte) | 0
    end += 1
  }
  return { hash, end }
}
