import { type Column, unreachable } from "@freshet/core"

/** Patterns for bytes of JSON as Latin-1 text. None has groups, and none can match one text in two ways. */
export const space = String.raw`[ \t\r]*`

/** A string's inside without control characters, NUL and half characters. */
const inside = String.raw`[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[\da-fA-F]{4})[^"\\\x00-\x1f]*)*`

/** A key without escapes, and what may stand between the quotes. */
export const keyInside = String.raw`[^"\\\x00-\x1f]*`

/** Any value, as long as it is not nested deep and no number has an exponent. */
export const anyValue = nested(2)

function nested(depth: number): string {
  const scalar = `"${inside}"|${decimal(18, 18)}|true|false|null`
  if (depth === 0) return `(?:${scalar})`
  const value = nested(depth - 1)
  const member = `"${inside}"${space}:${space}${value}`
  return `(?:${scalar}|${list("[]", value)}|${list("{}", member)})`
}

/** `brackets` are the opening one and the closing one. Says the element once, or patterns of nested values grow too large. */
function list(brackets: string, element: string): string {
  const [open, close] = [`\\${brackets[0]}`, `\\${brackets[1]}`]
  const separator = `(?:,${space}(?!${close})|(?=${close}))`
  return `${open}${space}(?:${element}${space}${separator})*${close}`
}

/** At most so many digits before the point and after it. */
function decimal(whole: number, fraction: number): string {
  const digits = whole < 1 ? "0" : String.raw`(?:0|[1-9]\d{0,${whole - 1}})`
  return fraction < 1 ? `-?${digits}` : String.raw`-?${digits}(?:\.\d{1,${fraction}})?`
}

/** A day of the years 1 to 9999; of leap days those of years that 100 does not divide. */
const day = [
  String.raw`(?:(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])`,
  String.raw`|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)`,
  String.raw`|\d\d(?:0[48]|[2468][048]|[13579][26])-02-29)`,
].join("")
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z`

/** The pattern of values that the engine's typed reader surely takes for what they are; undefined when it may be wrong about any. */
export function plainValue(column: Column): string | undefined {
  switch (column.kind) {
    case "int16":
      return String.raw`-?(?:0|[1-9]\d{0,3}|[12]\d{4})`
    case "int32":
      return String.raw`-?(?:0|[1-9]\d{0,8}|1\d{9})`
    case "int64":
      return decimal(18, 0)
    case "text":
      return `"${inside}"`
    case "bool":
      return "(?:true|false)"
    case "float64":
      return decimal(8, 7)
    case "decimal":
      return plainDecimal(column.type)
    case "date":
      return `"${day}"`
    case "timestamp":
      return `"${day}T${time}"`
    case "list": {
      const element = column.element && plainValue(column.element)
      return element && list("[]", element)
    }
    case "struct":
      return undefined
    default:
      return unreachable(column.kind)
  }
}

/** Numbers of up to 15 digits, which a double holds well enough to be told from their neighbours. */
function plainDecimal(type: string): string {
  const [width = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number)
  const fraction = Math.min(scale, 7)
  return decimal(Math.min(width - scale, 15 - fraction), fraction)
}
