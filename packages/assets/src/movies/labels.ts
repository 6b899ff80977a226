import { parsePython, type PythonValue } from "./python-literal.ts"

/** Label of a film: an id or a code, and a name. */
export interface Label {
  readonly id: number | null
  readonly code: string | null
  readonly name: string
}

/** Parses the dicts of a Python list, or a single dict; returns none for null. */
export function parseDicts(text: string | null): readonly ReadonlyMap<string, PythonValue>[] {
  if (text === null) return []
  const value = parsePython(text)
  const items = Array.isArray(value) ? (value as readonly PythonValue[]) : [value] // a list is an array
  return items.flatMap((item) => (item instanceof Map ? [item] : []))
}

/** Parses the labels in a Python list of dicts; `code` is the key of labels that have a code instead of an id. */
export function parseLabels(text: string | null, code?: string): readonly Label[] {
  return parseDicts(text).map((dict) => ({
    id: code === undefined ? getNumber(dict, "id") : null,
    code: code === undefined ? null : findText(dict, code),
    name: findText(dict, "name") ?? "",
  }))
}

/** Finds the text of a key; null for None. */
export function findText(dict: ReadonlyMap<string, PythonValue>, key: string): string | null {
  const value = dict.get(key)
  return typeof value === "string" ? value : null
}

/** Returns the number of a key. Throws if there is none: the rules of the source reject such lines. */
export function getNumber(dict: ReadonlyMap<string, PythonValue>, key: string): number {
  const value = dict.get(key)
  if (typeof value === "number") return value
  throw new TypeError(`no number under ${key}`)
}
