import type { Column, SourceAsset } from "@freshet/core"

import { decodeString, isJson } from "./json-tokens.ts"
import { selectFault, readJsonValue } from "./json-value.ts"
import { listSourceColumns } from "./line-kinds.ts"
import { createFault, readScalar, type ValueFault, type ValueText } from "./scalar-value.ts"

/** The notation of values in a format. */
export interface Notation {
  readonly readValue: (column: Column, raw: string) => ValueText | ValueFault
  /** Reads the kind of a line; undefined if the value cannot be a kind. */
  readonly readKind: (raw: string) => string | undefined
}

/** The notation of values in JSON lines. */
export const jsonNotation: Notation = {
  readValue: readJsonValue,
  readKind: (raw) => (raw.startsWith('"') ? decodeString(raw) : undefined),
}

/** The notation of values in CSV: scalars are bare, lists and structs are JSON. */
export const csvNotation: Notation = {
  readValue: (column, raw) => {
    if (column.kind !== "list" && column.kind !== "struct") return readScalar(column, raw)
    return isJson(raw) ? readJsonValue(column, raw.trim()) : createFault("wrong_type")
  },
  readKind: (raw) => raw,
}

/** A line after the strict parser: values of all columns as text, or the reason to quarantine it. */
export type StrictLine =
  | { readonly kind: "fault"; readonly reason: string }
  | {
      readonly kind: "values"
      readonly texts: readonly (string | null)[]
      /** A reason that comes after the rules of the source. */
      readonly reason: string | null
    }

/** Creates the strict parser of lines, given the raw value of each column, undefined for null, or the fault on the way to it. */
export function createLineParser(
  source: SourceAsset,
  notation: Notation,
): (getRaw: (column: string) => string | ValueFault | undefined) => StrictLine {
  const { lineKinds } = source
  const kinds = new Set(Object.keys(lineKinds?.kinds ?? {}))
  const columns = listSourceColumns(source)
  return (getRaw) => {
    const rawKind = lineKinds && getRaw(lineKinds.column)
    const kind = lineKinds && notation.readKind(typeof rawKind === "string" ? rawKind : "")
    if (lineKinds !== undefined && (kind === undefined || !kinds.has(kind)))
      return { kind: "fault", reason: lineKinds.reason }
    const includesKind = (columnKinds: readonly string[] | undefined) =>
      columnKinds === undefined || (kind !== undefined && columnKinds.includes(kind))
    let fault: ValueFault | undefined
    const texts = columns.map(({ name, column, kinds: columnKinds, required }) => {
      const raw = includesKind(columnKinds) ? getRaw(name) : undefined
      if (raw === undefined && !includesKind(required)) return null
      const value = typeof raw === "string" ? notation.readValue(column, raw) : toFault(raw)
      if (value.kind === "fault")
        fault = selectFault(fault, { ...value, path: formatPath(name, value) })
      return value.text ?? null
    })
    return toStrictLine(texts, fault)
  }
}

function toFault(raw: ValueFault | undefined): ValueFault {
  return raw ?? createFault("missing_field")
}

/** Formats the path to a fault within a value. A fault of a whole value has none, unless its reason would be one of the line. */
function formatPath(column: string, { path, reason }: ValueFault): string {
  return path === "" && reason !== "malformed_json" ? "" : column + path
}

function toStrictLine(
  texts: readonly (string | null)[],
  fault: ValueFault | undefined,
): StrictLine {
  if (fault === undefined) return { kind: "values", texts, reason: null }
  const reason = fault.path === "" ? fault.reason : `${fault.path}: ${fault.reason}`
  const followsRules = fault.reason === "out_of_range" || fault.reason === "nul_byte"
  return followsRules ? { kind: "values", texts, reason } : { kind: "fault", reason }
}
