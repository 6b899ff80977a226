import type { DuckDBValue } from "@duckdb/node-api"
import type { Column, Columns } from "@freshet/core"
import * as arrow from "apache-arrow"

/** The columns as Arrow has them: days as Date32, instants in UTC to the microsecond, decimals exact. */
export function arrowSchema(columns: Columns): arrow.Schema {
  return new arrow.Schema(fields(columns))
}

function fields(columns: Columns): arrow.Field[] {
  return Object.entries(columns).map(
    ([name, column]) => new arrow.Field(name, arrowType(column), column.nullable),
  )
}

function arrowType(column: Column): arrow.DataType {
  switch (column.kind) {
    case "bool":
      return new arrow.Bool()
    case "int16":
      return new arrow.Int16()
    case "int32":
      return new arrow.Int32()
    case "int64":
      return new arrow.Int64()
    case "float64":
      return new arrow.Float64()
    case "decimal":
      return decimalType(column)
    case "text":
      return new arrow.Utf8()
    case "date":
      return new arrow.DateDay()
    case "timestamp":
      return new arrow.TimestampMicrosecond("UTC")
    case "list":
      return new arrow.List(new arrow.Field("item", arrowType(elementOf(column)), true))
    case "struct":
      return new arrow.Struct(fields(column.members ?? {}))
  }
}

function elementOf({ element, type }: Column): Column {
  if (element === undefined) throw new TypeError(`a list of what is ${type}?`)
  return element
}

function decimalType({ type }: Column): arrow.Decimal {
  const [, width = "18", scale = "0"] = /\((\d+), *(\d+)\)/.exec(type) ?? []
  return new arrow.Decimal(Number(scale), Number(width))
}

/** A chunk's values, one list a column, as a record batch. */
export function recordBatch(
  schema: arrow.Schema,
  columns: Columns,
  values: readonly (readonly DuckDBValue[])[],
): arrow.RecordBatch {
  const children = Object.values(columns).map((column, index) => {
    const raw = (values[index] ?? []).map((value) => rawValue(column, value))
    return retyped(rawData(column, raw), arrowType(column))
  })
  const type = new arrow.Struct(schema.fields)
  const length = values[0]?.length ?? 0
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length, children }))
}

function rawData(column: Column, values: readonly unknown[]): arrow.Data {
  const [data] = arrow.vectorFromArray([...values], rawType(arrowType(column))).data
  if (data === undefined) throw new TypeError("a chunk without rows has no data")
  return data
}

/** Arrow builds days and instants from milliseconds only; as the integers that they are stored as they stay exact. */
function rawType(type: arrow.DataType): arrow.DataType {
  if (arrow.DataType.isDate(type)) return new arrow.Int32()
  if (arrow.DataType.isTimestamp(type)) return new arrow.Int64()
  if (arrow.DataType.isList(type)) return new arrow.List(rawField(type.valueField))
  return arrow.DataType.isStruct(type) ? new arrow.Struct(type.children.map(rawField)) : type
}

function rawField(field: arrow.Field): arrow.Field {
  return new arrow.Field(field.name, rawType(field.type), field.nullable)
}

function retyped(data: arrow.Data, type: arrow.DataType): arrow.Data {
  const { offset, length, nullCount } = data
  const children = data.children.map((child, index) =>
    retyped(child, type.children?.[index]?.type ?? child.type),
  )
  return data.clone(type, offset, length, nullCount, undefined, children)
}

/** A value as the raw type's builder takes it; the engine's own wrappers are told apart by what they hold. */
function rawValue(column: Column, value: DuckDBValue): unknown {
  if (value === null || typeof value !== "object") return value
  if ("days" in value && column.kind === "date") return value.days
  if ("micros" in value) return value.micros
  if ("scale" in value) return limbs(value.value)
  if ("items" in value) return value.items.map((item) => rawValue(elementOf(column), item))
  if ("entries" in value && column.members !== undefined) {
    const given = value.entries as Readonly<Record<string, DuckDBValue>> // a struct's entries are by name
    return Object.fromEntries(
      Object.entries(column.members).map(([name, member]) => [
        name,
        rawValue(member, given[name] ?? null),
      ]),
    )
  }
  throw new TypeError(`a ${column.kind} cannot be written as Arrow`)
}

/** Two's complement in four 32-bit words, the lowest first. */
function limbs(value: bigint): Uint32Array {
  const word = (at: number) => Number(BigInt.asUintN(32, value >> BigInt(32 * at)))
  return Uint32Array.from([word(0), word(1), word(2), word(3)])
}
