import type {
  DuckDBDataChunk,
  DuckDBDecimalType,
  DuckDBListVector,
  DuckDBVector,
} from "@duckdb/node-api"

import {
  maxInlineBytes,
  readLongStrings,
  type ReadStringBytes,
  stringBytes,
} from "./long-strings.ts"
import { encodeNumeric } from "./numeric.ts"

/** The binary COPY form of a value, and the DuckDB vector that it is read from. */
export type BinaryForm =
  | "byte"
  | "two_bytes"
  | "four_bytes"
  | "eight_bytes"
  | "days"
  | "microseconds"
  | "text"
  | "json"
  | "numeric"
  | ListForm

/** An array of one dimension, whose elements are of PostgreSQL's type `oid`. */
export interface ListForm {
  readonly element: BinaryForm
  readonly oid: number
}

/** The header of a binary COPY. */
export const copyHeader: Buffer = Buffer.concat([
  Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"),
  Buffer.alloc(8),
])

/** The trailer of a binary COPY. */
export const copyTrailer: Buffer = Buffer.from([0xff, 0xff])

/** Encodes the rows of a chunk for binary COPY in one buffer. */
export function encodeRows(
  chunk: DuckDBDataChunk,
  forms: readonly BinaryForm[],
  readBytes: ReadStringBytes,
): Buffer {
  const rows = chunk.rowCount
  const sizes = new Int32Array(rows).fill(fieldCountBytes)
  const writers = forms.map((form, index) =>
    createWriter(form, toColumnBytes(chunk.getColumnVector(index), readBytes), sizes),
  )
  const { positions, total } = computeRowPositions(sizes)
  const bytes = Buffer.allocUnsafe(total)
  const out: Out = { bytes, view: toDataView(bytes), rows, positions }
  writeFieldCounts(out, forms.length)
  for (const write of writers) write(out)
  return bytes
}

const fieldCountBytes = 2
const lengthBytes = 4
const nullLength = -1

/** The output buffer of rows: each column writes its field of every row and advances every row's position. */
interface Out {
  readonly bytes: Buffer
  readonly view: DataView
  readonly rows: number
  readonly positions: Int32Array
}

type Writer = (out: Out) => void

/** A vector's values as DuckDB holds them: little-endian bytes, and the null bitmap (a set bit is a value). */
interface ColumnBytes {
  readonly vector: DuckDBVector
  readonly readBytes: ReadStringBytes
  readonly view: DataView
  readonly valid: DataView | undefined
}

function toColumnBytes(vector: DuckDBVector, readBytes: ReadStringBytes): ColumnBytes {
  // Vectors hold their bytes in one of three fields and their null bitmap in `validity.data`, undeclared.
  const inner = vector as unknown as {
    readonly items?: ArrayBufferView
    readonly dataView?: ArrayBufferView
    readonly entryData?: ArrayBufferView
    readonly validity: { readonly data: ArrayBufferView | null }
  }
  const bytes = inner.items ?? inner.dataView ?? inner.entryData
  if (bytes === undefined) throw new TypeError(`no bytes in a vector of ${vector.type.toString()}`)
  const bitmap = inner.validity.data
  return {
    vector,
    readBytes,
    view: toDataView(bytes),
    valid: bitmap === null ? undefined : toDataView(bitmap),
  }
}

function toDataView(bytes: ArrayBufferView): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function isNull({ valid }: ColumnBytes, row: number): boolean {
  return valid !== undefined && ((valid.getUint8(row >>> 3) >>> (row & 7)) & 1) === 0
}

function computeRowPositions(sizes: Int32Array): { positions: Int32Array; total: number } {
  const positions = new Int32Array(sizes.length)
  let total = 0
  for (let row = 0; row < sizes.length; row++) {
    positions[row] = total
    total += sizes[row] ?? 0
  }
  return { positions, total }
}

function writeFieldCounts({ view, rows, positions }: Out, fields: number): void {
  for (let row = 0; row < rows; row++) {
    const at = positions[row] ?? 0
    view.setInt16(at, fields)
    positions[row] = at + fieldCountBytes
  }
}

function createWriter(form: BinaryForm, column: ColumnBytes, sizes: Int32Array): Writer {
  if (typeof form === "object")
    return createValueWriter(column, sizes, createListEncoder(column, form))
  switch (form) {
    case "byte":
      return createFixedWriter(column, sizes, 1, (from, to, row, at) =>
        to.setUint8(at, from.getUint8(row)),
      )
    case "two_bytes":
      return createFixedWriter(column, sizes, 2, (from, to, row, at) =>
        to.setInt16(at, from.getInt16(row * 2, true)),
      )
    case "four_bytes":
      return createFixedWriter(column, sizes, 4, (from, to, row, at) =>
        to.setInt32(at, from.getInt32(row * 4, true)),
      )
    case "eight_bytes":
      return createFixedWriter(column, sizes, 8, writeEightBytes)
    case "days":
      return createFixedWriter(column, sizes, 4, writeDays)
    case "microseconds":
      return createFixedWriter(column, sizes, 8, writeMicroseconds)
    case "text":
      return createTextWriter(column, sizes)
    case "json":
      return createValueWriter(column, sizes, (row) =>
        Buffer.from(`\x01${String(column.vector.getItem(row))}`),
      )
    case "numeric":
      return createValueWriter(column, sizes, createNumericEncoder(column))
  }
}

type PutValue = (from: DataView, to: DataView, row: number, at: number) => void

function createFixedWriter(
  column: ColumnBytes,
  sizes: Int32Array,
  width: number,
  put: PutValue,
): Writer {
  addFieldSizes(column, sizes, () => width)
  return ({ view, rows, positions }) => {
    for (let row = 0; row < rows; row++) {
      const at = positions[row] ?? 0
      const isMissing = isNull(column, row)
      view.setInt32(at, isMissing ? nullLength : width)
      if (!isMissing) put(column.view, view, row, at + lengthBytes)
      positions[row] = at + lengthBytes + (isMissing ? 0 : width)
    }
  }
}

function addFieldSizes(
  column: ColumnBytes,
  sizes: Int32Array,
  getWidth: (row: number) => number,
): void {
  for (let row = 0; row < sizes.length; row++) {
    const width = isNull(column, row) ? 0 : getWidth(row)
    sizes[row] = (sizes[row] ?? 0) + lengthBytes + width
  }
}

function writeEightBytes(from: DataView, to: DataView, row: number, at: number): void {
  to.setInt32(at, from.getInt32(row * 8 + 4, true))
  to.setInt32(at + 4, from.getInt32(row * 8, true))
}

// PostgreSQL counts from 2000-01-01, DuckDB from 1970-01-01; both have ±infinity at the ends of the range.
const daysTo2000 = 10_957
const microsecondsTo2000 = 946_684_800_000_000n
const infiniteDays = 2 ** 31 - 1
const infiniteMicroseconds = 2n ** 63n - 1n

function writeDays(from: DataView, to: DataView, row: number, at: number): void {
  const days = from.getInt32(row * 4, true)
  if (days === infiniteDays) to.setInt32(at, infiniteDays)
  else to.setInt32(at, days === -infiniteDays ? -infiniteDays - 1 : days - daysTo2000)
}

function writeMicroseconds(from: DataView, to: DataView, row: number, at: number): void {
  const since1970 = from.getBigInt64(row * 8, true)
  if (since1970 === infiniteMicroseconds) to.setBigInt64(at, infiniteMicroseconds)
  else if (since1970 === -infiniteMicroseconds) to.setBigInt64(at, -infiniteMicroseconds - 1n)
  else to.setBigInt64(at, since1970 - microsecondsTo2000)
}

function createTextWriter(column: ColumnBytes, sizes: Int32Array): Writer {
  const { view: from, readBytes } = column
  const getLength = (row: number) => from.getUint32(row * stringBytes, true)
  addFieldSizes(column, sizes, getLength)
  const longRows: number[] = []
  for (let row = 0; row < sizes.length; row++)
    if (getLength(row) > maxInlineBytes && !isNull(column, row)) longRows.push(row)
  const longStrings = readLongStrings(from, longRows, readBytes)
  return ({ bytes, view, rows, positions }) => {
    for (let row = 0; row < rows; row++) {
      const at = positions[row] ?? 0
      const length = isNull(column, row) ? nullLength : getLength(row)
      const start = at + lengthBytes
      view.setInt32(at, length)
      if (length > maxInlineBytes) longStrings.copy(row, bytes, start)
      else
        for (let i = 0; i < length; i++) bytes[start + i] = from.getUint8(row * stringBytes + 4 + i)
      positions[row] = start + Math.max(length, 0)
    }
  }
}

function createValueWriter(
  column: ColumnBytes,
  sizes: Int32Array,
  encode: (row: number) => Buffer,
): Writer {
  const values: Buffer[] = []
  addFieldSizes(column, sizes, (row) => {
    const value = encode(row)
    values[row] = value
    return value.length
  })
  return ({ bytes, view, rows, positions }) => {
    for (let row = 0; row < rows; row++) {
      const at = positions[row] ?? 0
      const value = values[row]
      view.setInt32(at, value?.length ?? nullLength)
      value?.copy(bytes, at + lengthBytes)
      positions[row] = at + lengthBytes + (value?.length ?? 0)
    }
  }
}

function createNumericEncoder({ vector, view }: ColumnBytes): (row: number) => Buffer {
  const { width, scale } = vector.type as DuckDBDecimalType // the form is chosen for decimals only
  return (row) => encodeNumeric(readScaledDecimal(view, width, row), scale)
}

/** DuckDB holds a decimal in the smallest integer that has room for its digits. */
function readScaledDecimal(view: DataView, width: number, row: number): bigint {
  if (width <= 4) return BigInt(view.getInt16(row * 2, true))
  if (width <= 9) return BigInt(view.getInt32(row * 4, true))
  if (width <= 18) return view.getBigInt64(row * 8, true)
  return (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true)
}

/** Encodes an array: dimensions, flags and element type, then length and lower bound of each dimension. */
function createListEncoder(
  { vector, readBytes }: ColumnBytes,
  { element, oid }: ListForm,
): (row: number) => Buffer {
  const list = vector as DuckDBListVector // the form is chosen for lists only
  const { bytes, starts } = encodeFields(toColumnBytes(list.childVector, readBytes), element)
  return (row) => {
    const length = list.getEntryLength(row)
    const first = list.getEntryOffset(row)
    const head = length === 0 ? [0, 0, oid] : [1, 0, oid, length, 1]
    const fields = bytes.subarray(starts[first], starts[first + length])
    return Buffer.concat([encodeIntegers(head), length === 0 ? Buffer.alloc(0) : fields])
  }
}

/** The encoded values of a vector, and the start of each. */
function encodeFields(column: ColumnBytes, form: BinaryForm) {
  const { vector } = column
  const sizes = new Int32Array(vector.itemCount)
  const write = createWriter(form, column, sizes)
  const { positions, total } = computeRowPositions(sizes)
  const starts = Int32Array.from([...positions, total])
  const bytes = Buffer.allocUnsafe(total)
  write({ bytes, view: toDataView(bytes), rows: vector.itemCount, positions })
  return { bytes, starts }
}

function encodeIntegers(numbers: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * numbers.length)
  numbers.forEach((number, index) => bytes.writeInt32BE(number, 4 * index))
  return bytes
}
