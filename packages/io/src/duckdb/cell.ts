import type { JsonRow } from "./session.ts"

/** Reads a text cell. */
export function getTextCell(row: JsonRow | undefined, column: string): string {
  const value = row?.[column]
  if (typeof value !== "string") throw new TypeError(`${column} is not text`)
  return value
}

/** Reads a list cell. */
export function getListCell(row: JsonRow | undefined, column: string): readonly unknown[] {
  const value = row?.[column]
  if (!Array.isArray(value)) throw new TypeError(`${column} is not a list`)
  return value
}

/** Reads a cell with an integer below 2^53. */
export function getNumberCell(row: JsonRow | undefined, column: string): number {
  const value = row?.[column]
  if (typeof value !== "number") throw new TypeError(`${column} is not a number`)
  return value
}
