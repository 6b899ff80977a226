/** The records of a CSV text (RFC 4180), letter by letter; empty lines are skipped. */
export function parseCsvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let value = ""
  let quoted = false
  const endRow = () => {
    row.push(value)
    if (row.length > 1 || value !== "") rows.push(row)
    row = []
    value = ""
  }
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at)
    if (quoted && letter === '"' && text[at + 1] === '"') {
      value += '"'
      at += 1
    } else if (letter === '"') quoted = !quoted
    else if (quoted) value += letter
    else if (letter === ",") {
      row.push(value)
      value = ""
    } else if (letter === "\n") endRow()
    else if (letter !== "\r") value += letter
  }
  if (row.length > 0 || value !== "") endRow()
  return rows
}

/** The same, each by the header's names; a record that ends early has empty values. */
export function parseCsvRecords(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = parseCsvRows(text)
  return rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ""])))
}
