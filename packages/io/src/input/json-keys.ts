import type { SourceAsset } from "@freshet/core"

/** The key of a column in the objects of a source of JSON lines. */
export function getJsonKey({ format }: SourceAsset, column: string): string {
  return (format.kind === "json_lines" ? format.keys?.[column] : undefined) ?? column
}

/** Tests if all keys differ for the engine, which ignores the case of names. */
export function hasDistinctKeys(source: SourceAsset): boolean {
  const columns = Object.keys(source.columns)
  const keys = columns.map((column) => getJsonKey(source, column).toLowerCase())
  return new Set(keys).size === columns.length
}
