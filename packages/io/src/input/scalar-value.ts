import type { Column } from "@freshet/core"
import { unreachable } from "@freshet/core/engine"

/** A reason why a value of a line is not the column's, and the path of the element or member that has it. */
export interface ValueFault {
  readonly kind: "fault"
  readonly reason: FaultReason
  /** `[2].name`: the member of the second element. Empty for the value itself. */
  readonly path: string
  /** The text of the value in a wider type, for rules; undefined if there is none. */
  readonly text: string | undefined
}

/** The text of a value; the engine casts it to the column's type without a loss. */
export interface ValueText {
  readonly kind: "text"
  readonly text: string
}

export type FaultReason =
  | "malformed_json"
  | "missing_field"
  | "wrong_type"
  | "out_of_range"
  | "nul_byte"

export const createFault = (reason: FaultReason, text?: string): ValueFault => ({
  kind: "fault",
  reason,
  path: "",
  text,
})

const createText = (text: string): ValueText => ({ kind: "text", text })

/** Reads a value without elements or members from its text: the bare text of CSV, the number or the decoded string of JSON. */
export function readScalar({ kind, type }: Column, text: string): ValueText | ValueFault {
  switch (kind) {
    case "int16":
      return readInteger(text, 15n)
    case "int32":
      return readInteger(text, 31n)
    case "int64":
      return readInteger(text, 63n)
    case "float64":
      return readFloat(text)
    case "decimal":
      return readDecimal(text, type)
    case "bool":
      return text === "true" || text === "false" ? createText(text) : createFault("wrong_type")
    case "text":
      return text.includes("\0") ? createFault("nul_byte", text) : createText(text)
    case "date":
      return readDate(text)
    case "timestamp":
      return readInstant(text)
    case "list":
    case "struct":
      throw new TypeError(`a ${kind} is no scalar`)
    default:
      return unreachable(kind)
  }
}

/** The largest value of the type in which rules see integers. */
const maxWideInteger = 2n ** 127n - 1n

function readInteger(text: string, bits: bigint): ValueText | ValueFault {
  if (!/^-?\d+$/.test(text)) return createFault("wrong_type")
  if (text.length < 5) return createText(text)
  const value = BigInt(text)
  const limit = 2n ** bits
  if (value >= -limit && value < limit) return createText(text)
  const magnitude = value < 0n ? -value : value
  const wide = magnitude > maxWideInteger ? maxWideInteger : magnitude
  return createFault("out_of_range", String(value < 0n ? -wide : wide))
}

const numberPattern = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Reads a double; a number other than 0 that would become 0 is out of range, as one that would become infinite. */
function readFloat(text: string): ValueText | ValueFault {
  if (!numberPattern.test(text)) return createFault("wrong_type")
  const value = Number(text)
  if (!Number.isFinite(value)) return createFault("out_of_range", value < 0 ? "-inf" : "inf")
  const isUnderflow = value === 0 && /[1-9]/.test(text.replace(/[eE].*/, ""))
  return isUnderflow ? createFault("out_of_range", "0") : createText(text)
}

/** Reads a decimal from its digits. Digits beyond the scale are `wrong_type` unless they are zeros. */
function readDecimal(text: string, type: string): ValueText | ValueFault {
  const match = numberPattern.exec(text)
  if (match === null) return createFault("wrong_type")
  const [width = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number)
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match
  const digits = (whole + fraction).replace(/^0+/, "").replace(/0+$/, "")
  if (digits === "") return createText("0")
  const leadingZeros = (whole + fraction).search(/[1-9]/)
  const point = whole.length - leadingZeros + Number(exponent)
  if (digits.length - point > scale) return createFault("wrong_type")
  if (point > width - scale) return createFault("out_of_range")
  const padded = digits.padEnd(point, "0").padStart(digits.length - Math.min(point, 0), "0")
  const wholeDigits = Math.max(point, 0)
  return createText(`${sign}${padded.slice(0, wholeDigits) || "0"}.${padded.slice(wholeDigits)}`)
}

const dayPattern = /^(\d{4})-(\d\d)-(\d\d)$/

function readDate(text: string): ValueText | ValueFault {
  if (!isDay(text)) return createFault("wrong_type")
  return text.startsWith("0000") ? createFault("out_of_range") : createText(text)
}

function isDay(text: string): boolean {
  const [, year, month, day] = dayPattern.exec(text)?.map(Number) ?? []
  if (year === undefined || month === undefined || day === undefined) return false
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const monthDays = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day >= 1 && day <= (monthDays[month - 1] ?? 0)
}

/** A calendar day, `T`, seconds, and an offset or `Z`. */
const instantPattern =
  /^(\d{4}-\d\d-\d\d)(T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d+))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
const [firstInstant, lastInstant] = [
  Date.parse("0001-01-01T00:00:00Z"),
  Date.parse("9999-12-31T23:59:59Z"),
]

/** Reads an instant of the years 1 to 9999 in UTC. A part of a microsecond is `wrong_type`. */
function readInstant(text: string): ValueText | ValueFault {
  const [, day = "", time = "", fraction = "", offset = ""] = instantPattern.exec(text) ?? []
  if (!isDay(day)) return createFault("wrong_type")
  const micros = fraction.replace(/0+$/, "")
  if (micros.length > 6) return createFault("wrong_type")
  const second = Date.parse(`${day}${time}${offset}`)
  if (second < firstInstant || second > lastInstant) return createFault("out_of_range")
  return createText(`${day}${time}${micros === "" ? "" : `.${micros}`}${offset}`)
}
