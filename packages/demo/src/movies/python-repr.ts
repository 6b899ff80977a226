/** A value that Python can print. */
export type PythonLiteral =
  | string
  | number
  | null
  | readonly PythonLiteral[]
  | { readonly [key: string]: PythonLiteral }

/** Formats a value like Python's `repr`: texts in single quotes, or in double quotes around an apostrophe. */
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

/** Formats a record of a CSV file, with quotes where they are needed. */
export function formatCsvRecord(values: readonly (string | number)[]): string {
  return values
    .map(String)
    .map((value) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(",")
}
