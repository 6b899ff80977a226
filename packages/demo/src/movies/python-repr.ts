/** A value that Python would print. */
export type PythonLiteral =
  | string
  | number
  | null
  | readonly PythonLiteral[]
  | { readonly [key: string]: PythonLiteral }

/** A value as Python's `repr` writes it: texts in single quotes, or in double ones around an apostrophe. */
export function formatPython(value: PythonLiteral): string {
  if (value === null) return "None"
  if (typeof value === "number") return String(value)
  if (typeof value === "string") return formatPythonText(value)
  if (isList(value)) return `[${value.map(formatPython).join(", ")}]`
  const entries = Object.entries(value).map(
    ([key, item]) => `${formatPythonText(key)}: ${formatPython(item)}`,
  )
  return `{${entries.join(", ")}}`
}

function isList(value: object): value is readonly PythonLiteral[] {
  return Array.isArray(value)
}

function formatPythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`)
  return `${quote}${escaped.replaceAll(quote, `\\${quote}`)}${quote}`
}

/** A record of a CSV file: values are quoted where they must be. */
export function formatCsvRecord(values: readonly (string | number)[]): string {
  return values
    .map(String)
    .map((value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(",")
}
