import type { Batch, Column, Columns } from "@freshet/core"
import type { ColumnValues } from "@freshet/core/engine"
import type { RecordBatch, StructRowProxy, Vector } from "apache-arrow"

/** A record batch for code assets: every value has its column's TypeScript type. */
export function toBatch(columns: Columns, batch: RecordBatch): Batch {
  const values = Object.entries(columns).map(([name, column], index) => {
    const vector = batch.getChildAt(index)
    if (vector === null) throw new TypeError(`the record batch lacks ${name}`)
    return [name, toColumnValues(column, vector)] as const
  })
  return { rows: batch.numRows, columns: Object.fromEntries(values) }
}

/** Yields the rows of a batch as objects. */
export function* iterateRows({
  rows,
  columns,
}: Batch): Iterable<Readonly<Record<string, unknown>>> {
  const entries = Object.entries(columns)
  for (let row = 0; row < rows; row += 1)
    yield Object.fromEntries(entries.map(([name, values]) => [name, values.get(row)]))
}

function toColumnValues(column: Column, vector: Vector): ColumnValues<unknown> {
  const value = createConverter(column)
  if (value === undefined) return vector
  const get = (index: number): unknown => value(vector.get(index))
  return {
    length: vector.length,
    get,
    *[Symbol.iterator]() {
      for (let index = 0; index < vector.length; index += 1) yield get(index)
    },
  }
}

/** Returns the conversion of an Arrow value into the column's TypeScript value; undefined if they are equal. */
function createConverter(column: Column | undefined): ((value: unknown) => unknown) | undefined {
  switch (column?.kind) {
    case "date":
    case "timestamp":
      return (value) => (value === null ? null : new Date(Number(value)))
    case "decimal": {
      const scale = Number(/,(\d+)\)$/.exec(column.type)?.[1] ?? 0)
      // Arrow gives a decimal as its four 32-bit words
      return (value) => (value === null ? null : formatDecimal(value as Uint32Array, scale))
    }
    case "list":
      return (value) => (value === null ? null : toListValue(column, value as Vector)) // as Arrow gives a list
    case "struct":
      return (value) => (value === null ? null : toStructValue(column, value as StructRowProxy)) // and a struct
    case "bool":
    case "float64":
    case "int16":
    case "int32":
    case "int64":
    case "text":
    case undefined:
      return undefined
  }
}

function toListValue({ element }: Column, vector: Vector): readonly unknown[] {
  const value = createConverter(element)
  const items: unknown[] = [...vector]
  return value === undefined ? items : items.map(value)
}

function toStructValue({ members = {} }: Column, row: StructRowProxy): unknown {
  const values = row.toJSON() as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => {
      const value = createConverter(member)
      return [name, value === undefined ? values[name] : value(values[name])]
    }),
  )
}

function formatDecimal(words: Uint32Array, scale: number): string {
  let bits = 0n
  for (let word = 3; word >= 0; word -= 1) bits = (bits << 32n) | BigInt(words[word] ?? 0)
  const value = BigInt.asIntN(128, bits)
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0")
  const whole = digits.slice(0, digits.length - scale)
  return `${value < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`
}
