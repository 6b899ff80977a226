/** A value that Python would print. */
export type PythonWritten =
  | string
  | number
  | null
  | readonly PythonWritten[]
  | { readonly [key: string]: PythonWritten }

/** A value as Python's `repr` writes it: texts in single quotes, or in double ones around an apostrophe. */
export function pythonRepr(value: PythonWritten): string {
  if (value === null) return "None"
  if (typeof value === "number") return String(value)
  if (typeof value === "string") return textRepr(value)
  if (isList(value)) return `[${value.map(pythonRepr).join(", ")}]`
  const entries = Object.entries(value).map(
    ([key, each]) => `${textRepr(key)}: ${pythonRepr(each)}`,
  )
  return `{${entries.join(", ")}}`
}

function isList(value: object): value is readonly PythonWritten[] {
  return Array.isArray(value)
}

function textRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`)
  return `${quote}${escaped.replaceAll(quote, `\\${quote}`)}${quote}`
}

/** A record of a CSV file: values are quoted where they must be. */
export function csvRecord(values: readonly (string | number)[]): string {
  return values
    .map(String)
    .map((value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(",")
}
