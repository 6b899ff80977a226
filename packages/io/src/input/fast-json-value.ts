import type { Column } from "@freshet/core"
import { unreachable } from "@freshet/core/engine"

/** Patterns for bytes of JSON as Latin-1 text. They have no groups, and match a text in one way at most. */
export const spacePattern = String.raw`[ \t\r]*`

/** The content of a string without control characters, NUL and unpaired surrogates. */
const stringBodyPattern = String.raw`[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u(?!0000|[dD][89a-fA-F])[\da-fA-F]{4})[^"\\\x00-\x1f]*)*`

/** A key without escapes, and its content between the quotes. */
export const keyPattern = String.raw`[^"\\\x00-\x1f]*`

/** Any value without deep nesting and without exponents. */
export const anyValuePattern = buildNestedPattern(2)

function buildNestedPattern(depth: number): string {
  const scalar = `"${stringBodyPattern}"|${buildDecimalPattern(18, 18)}|true|false|null`
  if (depth === 0) return `(?:${scalar})`
  const value = buildNestedPattern(depth - 1)
  const member = `"${stringBodyPattern}"${spacePattern}:${spacePattern}${value}`
  return `(?:${scalar}|${buildListPattern("[]", value)}|${buildListPattern("{}", member)})`
}

/** Builds the pattern of a list in these brackets. It contains the element once, since nested patterns grow large otherwise. */
function buildListPattern(brackets: string, element: string): string {
  const [open, close] = [`\\${brackets[0]}`, `\\${brackets[1]}`]
  const separator = `(?:,${spacePattern}(?!${close})|(?=${close}))`
  return `${open}${spacePattern}(?:${element}${spacePattern}${separator})*${close}`
}

/** Builds the pattern of a decimal with a maximum number of digits before and after the point. */
function buildDecimalPattern(whole: number, fraction: number): string {
  const digits = whole < 1 ? "0" : String.raw`(?:0|[1-9]\d{0,${whole - 1}})`
  return fraction < 1 ? `-?${digits}` : String.raw`-?${digits}(?:\.\d{1,${fraction}})?`
}

/** A day of the years 1 to 9999, without leap days of years that are divisible by 100. */
const dayPattern = [
  String.raw`(?:(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])`,
  String.raw`|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)`,
  String.raw`|\d\d(?:0[48]|[2468][048]|[13579][26])-02-29)`,
].join("")
const timePattern = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z`

/** Builds the pattern of values that the engine's typed reader parses exactly; undefined if there is no such pattern. */
export function buildFastValuePattern(column: Column): string | undefined {
  switch (column.kind) {
    case "int16":
      return String.raw`-?(?:0|[1-9]\d{0,3}|[12]\d{4})`
    case "int32":
      return String.raw`-?(?:0|[1-9]\d{0,8}|1\d{9})`
    case "int64":
      return buildDecimalPattern(18, 0)
    case "text":
      return `"${stringBodyPattern}"`
    case "bool":
      return "(?:true|false)"
    case "float64":
      return buildDecimalPattern(8, 7)
    case "decimal":
      return buildFastDecimalPattern(column.type)
    case "date":
      return `"${dayPattern}"`
    case "timestamp":
      return `"${dayPattern}T${timePattern}"`
    case "list": {
      const element = column.element && buildFastValuePattern(column.element)
      return element && buildListPattern("[]", element)
    }
    case "struct":
      return undefined
    default:
      return unreachable(column.kind)
  }
}

/** Numbers of up to 15 digits, which a double distinguishes from their neighbours. */
function buildFastDecimalPattern(type: string): string {
  const { width, scale } = parseDecimalType(type)
  const fraction = Math.min(scale, 7)
  return buildDecimalPattern(Math.min(width - scale, 15 - fraction), fraction)
}

/**
 * Returns the type in which the engine's typed reader reads the fast path's values of a column without a
 * loss. The reader multiplies a double by the power of ten of a decimal's scale, so it reads decimals as text
 * unless the product has at most 15 digits.
 */
export function getFastReadType({ kind, type, element }: Column): string {
  if (kind === "list" && element !== undefined) return `${getFastReadType(element)}[]`
  if (kind !== "decimal") return type
  const { width, scale } = parseDecimalType(type)
  const whole = Math.min(width - scale, 15 - Math.min(scale, 7))
  return whole + scale > 15 ? "VARCHAR" : type
}

function parseDecimalType(type: string): { readonly width: number; readonly scale: number } {
  const [width = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number)
  return { width, scale }
}
