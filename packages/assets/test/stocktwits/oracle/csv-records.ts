/** The records of a CSV text with a header (RFC 4180), each by column name; empty lines are skipped. */
export function parseCsvRecords(text: string): readonly ReadonlyMap<string, string>[] {
  const [header = [], ...rows] = parseCsvRows(text)
  return rows.map((row) => new Map(header.map((name, index) => [name, row[index] ?? ""])))
}

function parseCsvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, value = "", end] of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    row.push(unquoteCsv(value))
    if (end === ",") continue
    rows.push(row)
    row = []
  }
  return rows.filter((cells) => cells.length > 1 || cells[0] !== "")
}

function unquoteCsv(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value
}
