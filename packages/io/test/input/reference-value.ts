import type { Column } from "@freshet/core"

import { type JsonTree, parseJson } from "./reference-json.ts"

/** A value as the engine gives it in JSON, or the reason why there is none, with the path to it. */
export type ReferenceValue =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "fault"; readonly reason: string; readonly path: string }

const value = (item: unknown): ReferenceValue => ({ kind: "value", value: item })
const fault = (reason: string, path = ""): ReferenceValue => ({ kind: "fault", reason, path })

/** Reads a bare value of CSV; lists and structs are JSON. */
export function readCsvValue(column: Column, text: string): ReferenceValue {
  if (column.kind !== "list" && column.kind !== "struct") return readScalar(column, text)
  const tree = parseJson(text)
  return tree === undefined ? fault("wrong_type") : readJsonValue(column, tree)
}

/** Reads a value of JSON that is not null. */
export function readJsonValue(column: Column, tree: JsonTree): ReferenceValue {
  switch (column.kind) {
    case "list":
      return tree.kind === "list"
        ? combine(
            tree.items.map((item, at) => [`[${at + 1}]`, column.element!, item] as const),
            (items) => items.map(([, item]) => item),
          )
        : fault("wrong_type")
    case "struct": {
      if (tree.kind !== "object") return fault("wrong_type")
      if (hasDuplicates(tree.members.map(([key]) => key))) return fault("malformed_json")
      const members = new Map(tree.members)
      const parts = Object.entries(column.members ?? {}).map(
        ([name, member]) => [`.${name}`, member, members.get(name)] as const,
      )
      return combine(parts, (values) =>
        Object.fromEntries(values.map(([path, item]) => [path.slice(1), item])),
      )
    }
    case "text":
    case "date":
    case "timestamp":
      return tree.kind === "string" ? readScalar(column, tree.text) : fault("wrong_type")
    case "bool":
      return tree.kind === "literal" ? readScalar(column, tree.text) : fault("wrong_type")
    case "int16":
    case "int32":
    case "int64":
    case "float64":
    case "decimal":
      return tree.kind === "number" ? readScalar(column, tree.text) : fault("wrong_type")
  }
}

export const hasDuplicates = (names: readonly string[]): boolean =>
  new Set(names).size < names.length

const reasonOrder = ["malformed_json", "missing_field", "wrong_type", "out_of_range", "nul_byte"]

/** The first fault of the earliest reason. */
export function findFirstFault(faults: readonly ReferenceValue[]): ReferenceValue | undefined {
  for (const reason of reasonOrder) {
    const first = faults.find((item) => item.kind === "fault" && item.reason === reason)
    if (first !== undefined) return first
  }
  return undefined
}

function combine(
  parts: readonly (readonly [string, Column, JsonTree | undefined])[],
  build: (values: readonly (readonly [string, unknown])[]) => unknown,
): ReferenceValue {
  const values: [string, unknown][] = []
  const faults: ReferenceValue[] = []
  for (const [path, column, tree] of parts) {
    const isNull = tree === undefined || (tree.kind === "literal" && tree.text === "null")
    const missing = column.nullable ? value(null) : fault("missing_field")
    const part = isNull ? missing : readJsonValue(column, tree)
    if (part.kind === "fault") faults.push({ ...part, path: path + part.path })
    else values.push([path, part.value])
  }
  return findFirstFault(faults) ?? value(build(values))
}

function readScalar(column: Column, text: string): ReferenceValue {
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
      return readInteger(column.kind, text)
    case "float64":
      return readFloat(text)
    case "decimal":
      return readDecimal(column.type, text)
    case "bool":
      return ["true", "false"].includes(text) ? value(text === "true") : fault("wrong_type")
    case "text":
      return text.includes("\0") ? fault("nul_byte") : value(text)
    case "date":
      return readDay(text)
    case "timestamp":
      return readInstant(text)
    case "list":
    case "struct":
      throw new TypeError(column.kind)
  }
}

const integerBits = { int16: 15n, int32: 31n, int64: 63n } as const

function readInteger(kind: keyof typeof integerBits, text: string): ReferenceValue {
  if (!/^-?[0-9]+$/.test(text)) return fault("wrong_type")
  const integer = BigInt(text)
  const limit = 2n ** integerBits[kind]
  if (integer < -limit || integer >= limit) return fault("out_of_range")
  return value(kind === "int64" ? String(integer) : Number(integer))
}

const isNumber = (text: string): boolean => /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text)

function readFloat(text: string): ReferenceValue {
  if (!isNumber(text)) return fault("wrong_type")
  const number = Number(text)
  const isZero = /^-?[0.]+([eE]|$)/.test(text)
  return Number.isFinite(number) && (number !== 0 || isZero) ? value(number) : fault("out_of_range")
}

/** Scales the digits as a whole number: a remainder is a digit too many. */
function readDecimal(type: string, text: string): ReferenceValue {
  if (!isNumber(text)) return fault("wrong_type")
  const [width = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number)
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e")
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".")
  let digits = BigInt(whole + fraction)
  let shift = Number(exponent) - fraction.length + scale
  if (digits === 0n) shift = 0
  if (shift > 1000) return fault("out_of_range")
  if (shift < 0 && shift < -(whole.length + fraction.length)) return fault("wrong_type")
  if (shift >= 0) digits *= 10n ** BigInt(shift)
  else if (digits % 10n ** BigInt(-shift) !== 0n) return fault("wrong_type")
  else digits /= 10n ** BigInt(-shift)
  if (digits >= 10n ** BigInt(width)) return fault("out_of_range")
  const padded = String(digits).padStart(scale + 1, "0")
  const point = padded.length - scale
  const sign = text.startsWith("-") && digits !== 0n ? "-" : ""
  return value(sign + padded.slice(0, point) + (scale === 0 ? "" : `.${padded.slice(point)}`))
}

function readDay(text: string): ReferenceValue {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return fault("wrong_type")
  const at = new Date(`${text}T00:00:00Z`)
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text)) return fault("wrong_type")
  return at.getTime() < yearOne ? fault("out_of_range") : value(text)
}

const [yearOne, yearTenThousand] = [
  new Date("0001-01-01T00:00:00Z").getTime(),
  new Date("+010000-01-01T00:00:00Z").getTime(),
]

const instantPattern =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(\.[0-9]+)?(Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$/

function readInstant(text: string): ReferenceValue {
  const match = instantPattern.exec(text)
  if (match === null) return fault("wrong_type")
  const [, day = "", hour, minute, second, fraction = "", , sign, offsetHour, offsetMinute] = match
  const midnight = readDay(day)
  if (midnight.kind === "fault" && midnight.reason === "wrong_type") return midnight
  const nanos = fraction.slice(1).padEnd(7, "0")
  if (!/^[0-9]{6}0+$/.test(nanos)) return fault("wrong_type")
  const offset =
    (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === "-" ? -1 : 1)
  const minutes = Number(hour) * 60 + Number(minute) - offset
  const time = new Date(`${day}T00:00:00Z`).getTime() + minutes * 60_000 + Number(second) * 1000
  if (time < yearOne || time >= yearTenThousand) return fault("out_of_range")
  const micros = nanos.slice(0, 6).replace(/0+$/, "")
  const seconds = new Date(time).toISOString().slice(0, 19).replace("T", " ")
  return value(`${seconds}${micros === "" ? "" : `.${micros}`}+00`)
}
