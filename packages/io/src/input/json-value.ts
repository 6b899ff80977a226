import type { Column } from "@freshet/core"
import { unreachable } from "@freshet/core/engine"

import { decodeString, readElements, readMembers } from "./json-tokens.ts"
import { createFault, readScalar, type ValueFault, type ValueText } from "./scalar-value.ts"

/**
 * Reads a value from its JSON text. Elements and members have the rules of columns. The text of a list or a
 * struct is JSON with each scalar as a string, because the engine reads numbers in JSON as doubles.
 */
export function readJsonValue(column: Column, token: string): ValueText | ValueFault {
  switch (column.kind) {
    case "int16":
    case "int32":
    case "int64":
    case "float64":
    case "decimal":
      return /^[-\d]/.test(token) ? readScalar(column, token) : createFault("wrong_type")
    case "bool":
      return readScalar(column, token)
    case "text":
    case "date":
    case "timestamp":
      return token.startsWith('"')
        ? readScalar(column, decodeString(token))
        : createFault("wrong_type")
    case "list":
      return token.startsWith("[") ? readList(column, token) : createFault("wrong_type")
    case "struct":
      return token.startsWith("{") ? readStruct(column, token) : createFault("wrong_type")
    default:
      return unreachable(column.kind)
  }
}

function readList({ element }: Column, token: string): ValueText | ValueFault {
  const texts: string[] = []
  let fault: ValueFault | undefined
  let position = 0
  for (const item of readElements(token)) {
    position += 1
    const value = readPart(element, item, `[${position}]`)
    if (value.kind === "fault") fault = selectFault(fault, value)
    else texts.push(value.text)
  }
  return fault ?? { kind: "text", text: `[${texts.join(",")}]` }
}

function readStruct({ members = {} }: Column, token: string): ValueText | ValueFault {
  const tokens = readMembers(token)
  if (tokens === undefined) return createFault("malformed_json")
  const texts: string[] = []
  let fault: ValueFault | undefined
  for (const [name, member] of Object.entries(members)) {
    const value = readPart(member, tokens.get(name) ?? "null", `.${name}`)
    if (value.kind === "fault") fault = selectFault(fault, value)
    else texts.push(`${JSON.stringify(name)}:${value.text}`)
  }
  return fault ?? { kind: "text", text: `{${texts.join(",")}}` }
}

/** Reads an element or a member; its text is JSON. */
function readPart(column: Column | undefined, token: string, path: string): ValueText | ValueFault {
  if (column === undefined) throw new TypeError(`${path} has no declared column`)
  if (token === "null")
    return column.nullable
      ? { kind: "text", text: "null" }
      : { ...createFault("missing_field"), path }
  const value = readJsonValue(column, token)
  if (value.kind === "fault") return { ...value, path: path + value.path, text: undefined }
  const isNested = column.kind === "list" || column.kind === "struct"
  return isNested ? value : { kind: "text", text: JSON.stringify(value.text) }
}

const faultOrder = [
  "malformed_json",
  "missing_field",
  "wrong_type",
  "out_of_range",
  "nul_byte",
] as const

/** Returns the fault that decides the reason of a line: the first of the earliest reason. */
export function selectFault(first: ValueFault | undefined, second: ValueFault): ValueFault {
  if (first === undefined) return second
  return faultOrder.indexOf(second.reason) < faultOrder.indexOf(first.reason) ? second : first
}
