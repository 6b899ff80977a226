import type {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBVector,
} from "@duckdb/node-api"
import type { Column } from "@freshet/core"
import * as arrow from "apache-arrow"

import { toArrowType } from "./arrow-type.ts"

/** A builder of one Arrow column from vectors of the engine, up to a capacity in rows. */
export interface ArrowColumn {
  readonly append: (vector: DuckDBVector, rows: number) => void
  readonly finish: () => arrow.Data
}

/** Creates a column builder. Numbers, days and instants are copied as memory; other values one by one. */
export function createArrowColumn(column: Column, capacity: number): ArrowColumn {
  const type = toArrowType(column)
  switch (column.kind) {
    case "int16":
      return createFixedColumn(type, new Int16Array(capacity))
    case "int32":
    case "date":
      return createFixedColumn(type, new Int32Array(capacity))
    case "int64":
    case "timestamp":
      return createFixedColumn(type, new BigInt64Array(capacity))
    case "float64":
      return createFixedColumn(type, new Float64Array(capacity))
    case "decimal":
      return createDecimalColumn(type, capacity)
    case "bool":
    case "text":
    case "list":
    case "struct":
      return createValueColumn(column)
  }
}

type Numbers = Int16Array | Int32Array | BigInt64Array | Float64Array

/** Undeclared fields of a fixed-width vector. A set bit of the bitmap is a value. */
interface FixedVector {
  readonly items: Numbers
  readonly validity: { readonly itemValid: (index: number) => boolean; readonly data: unknown }
}

function createFixedColumn(type: arrow.DataType, values: Numbers): ArrowColumn {
  const nulls = createNullBitmap(values.length)
  let length = 0
  return {
    append: (vector, rows) => {
      const { items, validity } = vector as unknown as FixedVector
      values.set(items.subarray(0, rows) as never, length) // the vector's type is the column's
      if (validity.data !== null)
        for (let row = 0; row < rows; row += 1)
          if (!validity.itemValid(row)) nulls.set(length + row)
      length += rows
    },
    finish: () => buildFlatData(type, length, values.subarray(0, length), nulls),
  }
}

/** Writes 128-bit integers as the format does: four words, lowest first. */
function createDecimalColumn(type: arrow.DataType, capacity: number): ArrowColumn {
  const words = new Uint32Array(capacity * 4)
  const nulls = createNullBitmap(capacity)
  let length = 0
  return {
    append: (vector, rows) => {
      for (let row = 0; row < rows; row += 1, length += 1) {
        const value = vector.getItem(row) as DuckDBDecimalValue | null // a decimal column holds these
        if (value === null) nulls.set(length)
        else writeDecimalWords(words, length * 4, value.value)
      }
    },
    finish: () => buildFlatData(type, length, words.subarray(0, length * 4), nulls),
  }
}

function buildFlatData(
  type: arrow.DataType,
  length: number,
  data: Numbers | Uint32Array | Uint8Array,
  nulls: NullBitmap,
): arrow.Data {
  const nullCount = nulls.count()
  const nullBitmap = nullCount === 0 ? null : nulls.bits(length)
  // makeData is overloaded by type, which is known only here
  return arrow.makeData({ type, length, nullCount, nullBitmap, data } as never)
}

function writeDecimalWords(words: Uint32Array, at: number, value: bigint): void {
  const bits = BigInt.asUintN(128, value)
  for (let word = 0; word < 4; word += 1)
    words[at + word] = Number((bits >> BigInt(32 * word)) & 0xffffffffn)
}

type NullBitmap = ReturnType<typeof createNullBitmap>

function createNullBitmap(capacity: number) {
  const bits = new Uint8Array(Math.ceil(capacity / 8)).fill(255)
  let count = 0
  return {
    set: (row: number) => {
      bits[row >> 3] = (bits[row >> 3] ?? 0) & ~(1 << (row & 7))
      count += 1
    },
    count: () => count,
    bits: (length: number) => bits.subarray(0, Math.ceil(length / 8)),
  }
}

function createValueColumn(column: Column): ArrowColumn {
  const values: unknown[] = []
  return {
    append: (vector, rows) => {
      for (let row = 0; row < rows; row += 1) values.push(vector.getItem(row))
    },
    finish: () => buildData(column, values),
  }
}

/** Builds the Arrow data of values, which have the engine's classes. Days, instants and decimals keep their integers. */
function buildData(column: Column, values: readonly unknown[]): arrow.Data {
  const type = toArrowType(column)
  const buildFixed = (data: Numbers | Uint32Array) =>
    buildFlatData(type, values.length, data, findNulls(values))
  switch (column.kind) {
    case "bool":
      return buildBoolData(type, values)
    case "text":
      return buildTextData(type, values)
    case "int16":
      return buildFixed(Int16Array.from(values, (value) => Number(value ?? 0)))
    case "int32":
      return buildFixed(Int32Array.from(values, (value) => Number(value ?? 0)))
    case "int64":
      return buildFixed(BigInt64Array.from(values, (value) => (value as bigint | null) ?? 0n))
    case "float64":
      return buildFixed(Float64Array.from(values, (value) => Number(value ?? 0)))
    case "date":
      return buildFixed(Int32Array.from(values, (value) => (value as DuckDBDateValue)?.days ?? 0))
    case "timestamp":
      return buildFixed(
        BigInt64Array.from(values, (value) => (value as DuckDBTimestampTZValue)?.micros ?? 0n),
      )
    case "decimal":
      return buildFixed(buildDecimalWords(values))
    case "list":
      return buildListData(column, values)
    case "struct":
      return buildStructData(column, values)
  }
}

function findNulls(values: readonly unknown[]): NullBitmap {
  const nulls = createNullBitmap(values.length)
  for (const [index, value] of values.entries()) if (value === null) nulls.set(index)
  return nulls
}

function buildBoolData(type: arrow.DataType, values: readonly unknown[]): arrow.Data {
  const bits = new Uint8Array(Math.ceil(values.length / 8))
  for (const [index, value] of values.entries())
    if (value === true) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
  return buildFlatData(type, values.length, bits, findNulls(values))
}

function buildTextData(type: arrow.DataType, values: readonly unknown[]): arrow.Data {
  const texts = values.map((value) => Buffer.from(typeof value === "string" ? value : ""))
  const valueOffsets = buildOffsets(texts)
  return buildNestedData(type, values, { valueOffsets, data: Buffer.concat(texts) })
}

function buildDecimalWords(values: readonly unknown[]): Uint32Array {
  const words = new Uint32Array(values.length * 4)
  for (const [index, value] of values.entries())
    writeDecimalWords(words, index * 4, (value as DuckDBDecimalValue | null)?.value ?? 0n)
  return words
}

function buildListData(column: Column, values: readonly unknown[]): arrow.Data {
  const lists = values.map((value) => (value as DuckDBListValue | null)?.items ?? [])
  const valueOffsets = buildOffsets(lists)
  const child = buildData(getPart(column.element), lists.flat())
  return buildNestedData(toArrowType(column), values, { valueOffsets, child })
}

function buildStructData(column: Column, values: readonly unknown[]): arrow.Data {
  const children = Object.entries(column.members ?? {}).map(([name, member]) => {
    const parts = values.map((value) => (value as DuckDBStructValue | null)?.entries[name] ?? null)
    return buildData(member, parts)
  })
  return buildNestedData(toArrowType(column), values, { children })
}

function getPart(column: Column | undefined): Column {
  if (column === undefined) throw new TypeError("a list without a declared element")
  return column
}

/** Returns the positions where values begin, and where the last one ends. */
function buildOffsets(parts: readonly { readonly length: number }[]): Int32Array {
  const offsets = new Int32Array(parts.length + 1)
  for (const [index, { length }] of parts.entries())
    offsets[index + 1] = (offsets[index] ?? 0) + length
  return offsets
}

function buildNestedData(
  type: arrow.DataType,
  values: readonly unknown[],
  parts: Readonly<Record<string, unknown>>,
): arrow.Data {
  const nulls = findNulls(values)
  const nullCount = nulls.count()
  const nullBitmap = nullCount === 0 ? null : nulls.bits(values.length)
  // makeData is overloaded by type, which is known only here
  return arrow.makeData({ type, length: values.length, nullCount, nullBitmap, ...parts } as never)
}
