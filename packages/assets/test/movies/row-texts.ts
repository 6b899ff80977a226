/** The values of a row as texts; null stays null. */
export function toRowTexts(row: readonly unknown[]): readonly (string | null)[] {
  return row.map((value) => {
    if (value === null || typeof value === "string") return value
    return typeof value === "bigint" ? value.toString() : JSON.stringify(value)
  })
}
