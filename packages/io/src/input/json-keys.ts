import type { SourceAsset } from "@freshet/core"

import { readElements, readMembers } from "./json-tokens.ts"
import { createFault, type ValueFault } from "./scalar-value.ts"

/** The way to a value of an object: keys, and positions in lists. */
type JsonPath = readonly [string, ...(string | number)[]]

/** The path to a column's value in the objects of a source of JSON lines. */
export function getJsonPath({ format }: SourceAsset, column: string): JsonPath {
  const key = format.kind === "json_lines" ? format.keys?.[column] : undefined
  if (key === undefined) return [column]
  return typeof key === "string" ? [key] : key
}

/** The key of a column in the objects of a source without nested values. */
export function getJsonKey(source: SourceAsset, column: string): string {
  return getJsonPath(source, column)[0]
}

/** Tests if all values are at keys of the objects themselves which differ for the engine, which ignores the case of names. */
export function hasDistinctKeys(source: SourceAsset): boolean {
  const paths = Object.keys(source.columns).map((column) => getJsonPath(source, column))
  const keys = paths.map(([key]) => key.toLowerCase())
  return paths.every(({ length }) => length === 1) && new Set(keys).size === keys.length
}

/** Reads the text of the value at a path from the members of an object; undefined if it is missing or null. */
export function readAtPath(
  members: ReadonlyMap<string, string>,
  [key, ...parts]: JsonPath,
): string | ValueFault | undefined {
  let token = members.get(key)
  for (const part of parts) {
    if (token === undefined || token === "null") return undefined
    if (!token.startsWith(typeof part === "string" ? "{" : "[")) return createFault("wrong_type")
    if (typeof part === "number") token = readElement(token, part)
    else {
      const nestedMembers = readMembers(token)
      if (nestedMembers === undefined) return createFault("malformed_json")
      token = nestedMembers.get(part)
    }
  }
  return token === "null" ? undefined : token
}

function readElement(list: string, position: number): string | undefined {
  let at = 0
  for (const element of readElements(list)) {
    if (at === position) return element
    at += 1
  }
  return undefined
}
