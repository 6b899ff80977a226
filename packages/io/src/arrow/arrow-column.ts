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
      return createValueColumn(column, type)
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
  data: Numbers | Uint32Array,
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

function createValueColumn(column: Column, type: arrow.DataType): ArrowColumn {
  const values: unknown[] = []
  return {
    append: (vector, rows) => {
      for (let row = 0; row < rows; row += 1) values.push(toArrowValue(column, vector.getItem(row)))
    },
    finish: () => {
      const [data] = arrow.vectorFromArray(values, type).data
      if (data === undefined) throw new TypeError("an Arrow vector without data")
      return data
    },
  }
}

/** Converts a value for Arrow's builders. */
function toArrowValue(column: Column | undefined, value: unknown): unknown {
  if (value === null || column === undefined) return value
  switch (column.kind) {
    case "list":
      // a list column holds these
      return (value as DuckDBListValue).items.map((item) => toArrowValue(column.element, item))
    case "struct":
      return toArrowStruct(column, value as DuckDBStructValue) // a struct column holds these
    case "date":
      return (value as DuckDBDateValue).days * 86_400_000 // a date column holds these
    case "timestamp":
      return Number((value as DuckDBTimestampTZValue).micros) / 1000 // and an instant these
    case "decimal": {
      const words = new Uint32Array(4)
      writeDecimalWords(words, 0, (value as DuckDBDecimalValue).value) // and a decimal these
      return words
    }
    case "bool":
    case "float64":
    case "int16":
    case "int32":
    case "int64":
    case "text":
      return value
  }
}

function toArrowStruct(
  column: Column,
  value: DuckDBStructValue,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(column.members ?? {}).map(([name, member]) => [
    name,
    toArrowValue(member, value.entries[name]),
  ])
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>
}
