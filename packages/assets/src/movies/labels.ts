import { parsePython, type PythonValue } from "./python-literal.ts"

/** What a film is labelled with: by number or by code, and by name. */
export interface Label {
  readonly id: number | null
  readonly code: string | null
  readonly name: string
}

/** The dicts of a Python list, or the one dict; none where there is no text. */
export function parseDicts(text: string | null): readonly ReadonlyMap<string, PythonValue>[] {
  if (text === null) return []
  const value = parsePython(text)
  const items = Array.isArray(value) ? (value as readonly PythonValue[]) : [value] // a list is an array
  return items.flatMap((item) => (item instanceof Map ? [item] : []))
}

/** The labels in a Python list of dicts; `code` is the key of a code, where there is one in place of an id. */
export function parseLabels(text: string | null, code?: string): readonly Label[] {
  return parseDicts(text).map((dict) => ({
    id: code === undefined ? getNumber(dict, "id") : null,
    code: code === undefined ? null : findText(dict, code),
    name: findText(dict, "name") ?? "",
  }))
}

/** The text under a key; null for None. */
export function findText(dict: ReadonlyMap<string, PythonValue>, key: string): string | null {
  const value = dict.get(key)
  return typeof value === "string" ? value : null
}

/** The number under a key. Throws where there is none: the source's rules let no such line pass. */
export function getNumber(dict: ReadonlyMap<string, PythonValue>, key: string): number {
  const value = dict.get(key)
  if (typeof value === "number") return value
  throw new TypeError(`no number under ${key}`)
}
