import type { Column } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

import { quoteText } from "./sql-text.ts"

/**
 * Builds SQL for a column in the notation of JSON lines, which sources read: instants as in ISO 8601 in UTC, to the
 * microsecond. Doubles that JSON does not have are text.
 */
export function buildJsonExport(column: Column, value: string): string {
  return convertsValue(column) ? buildConversion(column, value, 0) : value
}

/** Builds SQL for a column in the notation of CSV, which sources read: lists and structs are JSON. */
export function buildCsvExport(column: Column, value: string): string {
  if (column.kind === "timestamp") return formatInstant(value)
  const hasOwnNotation = ["list", "struct", "decimal"].includes(column.kind) // the engine writes .5 for a decimal without whole digits
  if (!hasOwnNotation) return value
  return `to_json(${buildJsonExport(column, value)})::VARCHAR`
}

/** Tests if JSON has another notation for some values of a column than the engine. */
function convertsValue({ kind, element, members }: Column): boolean {
  if (element !== undefined) return convertsValue(element)
  if (members !== undefined) return Object.values(members).some(convertsValue)
  return kind === "timestamp" || kind === "float64"
}

function buildConversion(column: Column, value: string, depth: number): string {
  if (column.kind === "timestamp") return formatInstant(value)
  if (column.kind === "float64")
    return `CASE WHEN isfinite(${value}) THEN to_json(${value}) ELSE to_json(${value}::VARCHAR) END`
  if (column.element !== undefined && convertsValue(column)) {
    const item = `item_${depth}`
    return `list_transform(${value}, lambda ${item}: ${buildConversion(column.element, item, depth + 1)})`
  }
  if (column.members !== undefined && convertsValue(column)) {
    const members = Object.entries(column.members).map(([name, member]) => {
      const part = `struct_extract(${value}, ${quoteText(name)})`
      return `${quoteName(name)} := ${buildConversion(member, part, depth)}`
    })
    return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${members.join(", ")}) END`
  }
  return value
}

function formatInstant(value: string): string {
  return `strftime(${value} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`
}
