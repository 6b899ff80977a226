import { type Column, unreachable } from "@freshet/core"

import {
  doubt,
  readDay,
  readDecimal,
  readElements,
  readInstant,
  readInteger,
  readString,
  readWord,
} from "./plain-json.ts"

/** After a value that surely is of the column's type and fits it, or `doubt`. */
export type ReadValue = (bytes: Uint8Array, at: number) => number

/** Recognises the values of a column that the engine's typed reader takes for what they are. */
export function plainValue(column: Column): ReadValue {
  switch (column.kind) {
    case "int16":
      return (bytes, at) => readInteger(bytes, at, 32_767)
    case "int32":
      return (bytes, at) => readInteger(bytes, at, 2_147_483_647)
    case "int64":
      return (bytes, at) => readInteger(bytes, at, 999_999_999_999_999)
    case "text":
      return (bytes, at) => (bytes[at] === 34 ? readString(bytes, at + 1) : doubt)
    case "bool":
      return (bytes, at) => readWord(bytes, at, bytes[at] === 116 ? "true" : "false")
    case "float64":
      return (bytes, at) => readDecimal(bytes, at, 8, 7)
    case "decimal":
      return plainDecimal(column.type)
    case "date":
      return plainDay
    case "timestamp":
      return (bytes, at) => (bytes[at] === 34 ? readInstant(bytes, at + 1) : doubt)
    case "list":
      return plainList(column.element)
    case "struct":
      return () => doubt
    default:
      return unreachable(column.kind)
  }
}

function plainDay(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 34) return doubt
  const end = readDay(bytes, at + 1)
  return end !== doubt && bytes[end] === 34 ? end + 1 : doubt
}

/** Numbers of up to 15 digits, which a double holds well enough to be told from their neighbours. */
function plainDecimal(type: string): ReadValue {
  const [width = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number)
  const fraction = Math.min(scale, 7)
  const whole = Math.min(width - scale, 15 - fraction)
  return (bytes, at) => readDecimal(bytes, at, whole, fraction)
}

function plainList(element: Column | undefined): ReadValue {
  if (element === undefined || element.kind === "struct") return () => doubt
  const read = plainValue(element)
  return (bytes, at) =>
    bytes[at] === 91 ? readElements(bytes, at + 1, (from) => read(bytes, from)) : doubt
}
