import type { Column, Columns } from "@freshet/core"
import * as arrow from "apache-arrow"

/** Returns the Arrow type of a declared column: every reader of the file gets the same value. */
export function toArrowType(column: Column): arrow.DataType {
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
      return toArrowDecimal(column.type)
    case "text":
      return new arrow.Utf8()
    case "date":
      return new arrow.DateDay()
    case "timestamp":
      return new arrow.TimestampMicrosecond("UTC")
    case "list":
      return new arrow.List(toArrowField("item", column.element))
    case "struct":
      return new arrow.Struct(
        Object.entries(column.members ?? {}).map(([name, member]) => toArrowField(name, member)),
      )
  }
}

/** Builds the Arrow schema of declared columns. */
export function toArrowSchema(columns: Columns): arrow.Schema {
  return new arrow.Schema(
    Object.entries(columns).map(([name, column]) => toArrowField(name, column)),
  )
}

function toArrowField(name: string, column: Column | undefined): arrow.Field {
  if (column === undefined) throw new TypeError(`the column ${name} does not say what it holds`)
  return new arrow.Field(name, toArrowType(column), column.nullable)
}

/** Parses `DECIMAL(12,2)`: 12 digits, 2 after the point. */
function toArrowDecimal(type: string): arrow.Decimal {
  const [width, scale] = (type.match(/\d+/g) ?? []).map(Number)
  return new arrow.Decimal(scale ?? 0, width ?? 18, 128)
}
