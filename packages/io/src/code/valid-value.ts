import type { Column } from "@freshet/core"
import { unreachable } from "@freshet/core/engine"

/** Tests if a column can hold a value that code returned. Null passes here: checks decide about it. */
export function isValidValue(column: Column, value: unknown): boolean {
  if (value === null) return true
  switch (column.kind) {
    case "bool":
      return typeof value === "boolean"
    case "int16":
      return isIntegerWithin(value, 2 ** 15)
    case "int32":
      return isIntegerWithin(value, 2 ** 31)
    case "int64":
      return typeof value === "bigint" && BigInt.asIntN(64, value) === value
    case "float64":
      return typeof value === "number"
    case "decimal":
      return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)
    case "text":
      return typeof value === "string"
    case "date":
    case "timestamp":
      return value instanceof Date && !Number.isNaN(value.getTime())
    case "list":
      return Array.isArray(value) && value.every((item) => isValidMember(column.element, item))
    case "struct":
      return isValidStruct(column, value)
    default:
      return unreachable(column.kind)
  }
}

function isIntegerWithin(value: unknown, limit: number): boolean {
  return Number.isInteger(value) && Number(value) >= -limit && Number(value) < limit
}

function isValidStruct({ members = {} }: Column, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false
  const object = value as Readonly<Record<string, unknown>> // any object has members
  return Object.entries(members).every(([name, member]) => isValidMember(member, object[name]))
}

function isValidMember(column: Column | undefined, value: unknown): boolean {
  return column !== undefined && value !== undefined && isValidValue(column, value)
}
