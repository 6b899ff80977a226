import type { SourceAsset } from "@freshet/core"

import { sourceColumns } from "./line-kinds.ts"
import { doubt, newline, readAny, readColon, readWord, skipSpace } from "./plain-json.ts"
import { plainValue, type ReadValue } from "./plain-value.ts"

/**
 * Whether a line, which ends with a newline, surely is a good row as far as JSON, types and presence go:
 * one object of strict JSON that says nothing twice, has the columns of its kind and no others' values.
 * False means doubt. The bytes are taken to be UTF-8.
 */
export type IsPlainLine = (bytes: Uint8Array, start: number) => boolean

interface PlainColumn {
  readonly name: Uint8Array
  readonly read: ReadValue
}

/** Recognises the plain lines of a source, at about the speed of copying them. */
export function plainLines(source: SourceAsset): IsPlainLine {
  const columns = Object.entries(source.columns).map(([name, column]) => ({
    name: Buffer.from(name),
    read: plainValue(column),
  }))
  const findColumn = columnFinder(columns)
  const shapes = lineShapes(source)
  const kindColumn = Object.keys(source.columns).indexOf(source.lineKinds?.column ?? "")
  const said = new Float64Array(columns.length) // number of the last line that says the column
  const present = new Float64Array(columns.length) // and of the last one where it is not null
  const others: number[] = [] // hashes of keys that are no columns
  let line = 0
  let values = 0
  let shape: Shape | undefined

  const readMember = (bytes: Uint8Array, from: number): number => {
    let hash = 0
    let at = from
    for (let byte = bytes[at] ?? 0; byte !== 34; byte = bytes[at] ?? 0) {
      if (byte < 32 || byte === 92) return doubt
      hash = (Math.imul(hash, 31) + byte) | 0
      at += 1
    }
    const column = findColumn(bytes, from, at, hash)
    at = readColon(bytes, at + 1)
    if (at === doubt) return doubt
    return column < 0 ? readOther(bytes, at, hash) : readColumn(bytes, at, column)
  }
  const readOther = (bytes: Uint8Array, at: number, hash: number): number => {
    if (others.includes(hash)) return doubt
    others.push(hash)
    return readAny(bytes, at, 0)
  }
  const readColumn = (bytes: Uint8Array, at: number, column: number): number => {
    if (said[column] === line) return doubt
    said[column] = line
    if (bytes[at] === 110) return readWord(bytes, at, "null")
    present[column] = line
    values += 1
    const end = columns[column]?.read(bytes, at) ?? doubt
    if (column === kindColumn && end !== doubt) shape = findShape(shapes, bytes, at, end)
    return end
  }
  const isWhole = (): boolean => {
    if (shape === undefined) return false
    for (const column of shape.required) if (present[column] !== line) return false
    let known = 0
    for (const column of shape.columns) if (present[column] === line) known += 1
    return known === values
  }

  return (bytes, start) => {
    line += 1
    values = 0
    others.length = 0
    shape = kindColumn < 0 ? shapes[0] : undefined
    let at = skipSpace(bytes, start)
    if (bytes[at] !== 123) return false
    do {
      at = skipSpace(bytes, at + 1)
      if (bytes[at] !== 34) return false
      at = readMember(bytes, at + 1)
      if (at === doubt) return false
      at = skipSpace(bytes, at)
    } while (bytes[at] === 44)
    if (bytes[at] !== 125) return false
    return bytes[skipSpace(bytes, at + 1)] === newline && values > 0 && isWhole()
  }
}

/** What a line of one kind must and may have, as numbers of columns. */
interface Shape {
  readonly kind: Uint8Array
  readonly required: readonly number[]
  readonly columns: readonly number[]
}

function lineShapes(source: SourceAsset): readonly Shape[] {
  const columns = sourceColumns(source)
  const numbers = (isIn: (column: (typeof columns)[number]) => boolean) =>
    columns.flatMap((column, at) => (isIn(column) ? [at] : []))
  return Object.keys(source.lineKinds?.kinds ?? { "": [] }).map((kind) => ({
    kind: Buffer.from(kind),
    required: numbers(({ required }) => required === undefined || required.includes(kind)),
    columns: numbers(({ kinds }) => kinds === undefined || kinds.includes(kind)),
  }))
}

/** The shape of lines whose kind is the text in quotes from `at` to `end`. */
function findShape(
  shapes: readonly Shape[],
  bytes: Uint8Array,
  at: number,
  end: number,
): Shape | undefined {
  for (const shape of shapes)
    if (end - at - 2 === shape.kind.length && isSame(bytes, at + 1, shape.kind)) return shape
  return undefined
}

function isSame(bytes: Uint8Array, from: number, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at += 1) if (bytes[from + at] !== text[at]) return false
  return true
}

/** Finds the number of a column by its key and the key's hash; -1 for a key that is no column. */
function columnFinder(columns: readonly PlainColumn[]) {
  const hashes = columns.map(({ name }) =>
    name.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0),
  )
  const areTold = (size: number) =>
    new Set(hashes.map((hash) => hash & (size - 1))).size === hashes.length
  let size = 16
  while (size < 65_536 && !areTold(size)) size *= 2
  const numbers = new Int32Array(size).fill(-1)
  for (const [column, hash] of hashes.entries()) numbers[hash & (size - 1)] = column
  return (bytes: Uint8Array, from: number, to: number, hash: number): number => {
    const column = numbers[hash & (size - 1)] ?? -1
    const name = columns[column]?.name
    return name?.length === to - from && isSame(bytes, from, name) ? column : -1
  }
}
