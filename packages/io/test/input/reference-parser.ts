import type { Column, SourceAsset } from "@freshet/core"

import { type JsonTree, parseJson } from "./reference-json.ts"
import {
  findFirstFault,
  hasDuplicates,
  readCsvValue,
  readJsonValue,
  type ReferenceValue,
} from "./reference-value.ts"

/** A line as plain TypeScript parses it, for comparison: no SQL, no engine. */
export type ReferenceLine =
  | { readonly kind: "blank" }
  | { readonly kind: "row"; readonly row: Readonly<Record<string, unknown>> }
  | { readonly kind: "fault"; readonly reason: string }

/** Parses a line of JSON. */
export function parseReferenceLine(source: SourceAsset, bytes: Buffer): ReferenceLine {
  if ([...bytes].every((byte) => byte === 32 || byte === 9 || byte === 13)) return { kind: "blank" }
  const byteFault = findByteReason(bytes)
  if (byteFault !== undefined) return createFault(byteFault)
  const tree = parseJson(bytes.toString("utf8"))
  if (tree?.kind !== "object" || hasDuplicates(tree.members.map(([key]) => key)))
    return createFault("malformed_json")
  const members = new Map(tree.members)
  const raws = Object.keys(source.columns).flatMap((name) => {
    const member = members.get(name)
    return member === undefined || isNull(member) ? [] : [[name, member] as const]
  })
  return parseValues(source, new Map(raws), {
    readValue: readJsonValue,
    readKind: (member) => (member.kind === "string" ? member.text : undefined),
    readDigits: (member) => (member.kind === "number" ? member.text : "1"),
  })
}

/** Parses the values of a CSV record; undefined is an empty value without quotes. */
export function parseReferenceRecord(
  source: SourceAsset,
  values: ReadonlyMap<string, string | undefined>,
): ReferenceLine {
  const raws = Object.entries(source.columns).flatMap(([name, column]) => {
    const raw = readRaw(source, column, values.get(name))
    return raw === undefined ? [] : [[name, raw] as const]
  })
  return parseValues(source, new Map(raws), {
    readValue: readCsvValue,
    readKind: (raw) => raw,
    readDigits: (raw) => raw,
  })
}

function readRaw({ format }: SourceAsset, column: Column, raw: string | undefined) {
  if (format.kind === "csv" && format.null !== undefined && raw === format.null) return undefined
  if (column.kind !== "text") return raw === "" ? undefined : raw
  return raw ?? (column.nullable ? undefined : "")
}

export function findByteReason(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return "nul_byte"
  return Buffer.from(bytes.toString("utf8")).equals(bytes) ? undefined : "invalid_utf8"
}

interface RawReading<Raw> {
  readonly readValue: (column: Column, raw: Raw) => ReferenceValue
  readonly readKind: (raw: Raw) => string | undefined
  readonly readDigits: (raw: Raw) => string
}

function parseValues<Raw>(
  source: SourceAsset,
  raws: ReadonlyMap<string, Raw>,
  { readValue, readKind, readDigits }: RawReading<Raw>,
): ReferenceLine {
  const kind = findKind(source, raws, readKind)
  if (kind === undefined) return createFault(source.lineKinds?.reason ?? "")
  const columns = Object.entries(source.columns).filter(([name]) => hasColumn(source, name, kind))
  const values = columns.map(([name, column]): readonly [string, ReferenceValue] => {
    const raw = raws.get(name)
    if (raw !== undefined) return [name, readValue(column, raw)]
    return isRequired(source, name, column, kind)
      ? [name, { kind: "fault", reason: "missing_field", path: "" }]
      : [name, { kind: "value", value: null }]
  })
  const faults = values.map(([name, value]) =>
    value.kind === "fault" && (value.path !== "" || value.reason === "malformed_json")
      ? { ...value, path: name + value.path }
      : value,
  )
  const fault = findFirstFault(faults)
  const reason = fault?.kind === "fault" ? fault.reason : undefined
  const isEarly = reason !== undefined && reason !== "out_of_range" && reason !== "nul_byte"
  const rule = isEarly
    ? undefined
    : findRejectReason(source, kind, (name) => {
        const raw = raws.get(name)
        return raw === undefined ? "1" : readDigits(raw)
      })
  if (rule !== undefined) return createFault(rule)
  if (fault?.kind === "fault")
    return createFault(fault.path === "" ? fault.reason : `${fault.path}: ${fault.reason}`)
  const nulls = Object.keys(source.columns).map((name) => [name, null])
  const row = values.map(([name, value]) => [name, value.kind === "value" ? value.value : null])
  return { kind: "row", row: Object.fromEntries([...nulls, ...row]) }
}

const createFault = (reason: string): ReferenceLine => ({ kind: "fault", reason })

const isNull = (tree: JsonTree): boolean => tree.kind === "literal" && tree.text === "null"

function findKind<Raw>(
  { lineKinds }: SourceAsset,
  raws: ReadonlyMap<string, Raw>,
  readKind: (raw: Raw) => string | undefined,
): string | undefined {
  if (lineKinds === undefined) return ""
  const raw = raws.get(lineKinds.column)
  const text = raw === undefined ? undefined : readKind(raw)
  return Object.keys(lineKinds.kinds).find((kind) => kind === text)
}

const isListed = ({ lineKinds }: SourceAsset, name: string) =>
  Object.values(lineKinds?.kinds ?? {}).some(
    (names) => names.includes(name) || names.includes(`${name}?`),
  )

function hasColumn(source: SourceAsset, name: string, kind: string): boolean {
  const names = source.lineKinds?.kinds[kind] ?? []
  return !isListed(source, name) || names.includes(name) || names.includes(`${name}?`)
}

function isRequired(source: SourceAsset, name: string, column: Column, kind: string): boolean {
  return isListed(source, name)
    ? (source.lineKinds?.kinds[kind] ?? []).includes(name)
    : !column.nullable
}

/** The rules of the sources of these tests, by hand. */
function findRejectReason(
  source: SourceAsset,
  kind: string,
  digits: (name: string) => string,
): string | undefined {
  const whole = (name: string) => BigInt(hasColumn(source, name, kind) ? digits(name) : "1")
  if (source.reject.some(({ reason }) => reason === "odd_id"))
    return whole("id") === 13n || whole("id") > 3000000000n ? "odd_id" : undefined
  if (source.reject.length === 0) return undefined
  const outside = whole("user_id") < 1n || whole("user_id") > 2147483647n || whole("room_id") < 1n
  return outside ? "id_out_of_range" : undefined
}
