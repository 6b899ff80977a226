import { type SourceAsset, unreachable } from "@freshet/core"

/** States of a machine that reads a CSV file byte by byte. */
export interface PlainCsv {
  /** State × 256 + byte → the next state. A newline leads to `start` from where a line may end, else to `doubtful`. */
  readonly next: Uint16Array
  readonly start: number
  /** The file is not to be read like this at all: it has quotes, NUL bytes or blank lines. */
  readonly unfit: number
}

const [newline, carriageReturn, comma, quote, minus, point] = [10, 13, 44, 34, 45, 46]

/**
 * The machine that knows the plain lines of a source: as many values as there are columns, none quoted, and each
 * number written so that the engine's typed reader surely takes it for what it is. `positions` says where each column
 * of the source stands among `width` columns. Undefined for columns that it does not know.
 */
export function plainCsv(
  source: SourceAsset,
  positions: ReadonlyMap<string, number>,
  width: number,
): PlainCsv | undefined {
  const forms = Array.from({ length: width }, (): Form | undefined => anything)
  for (const [name, position] of positions) forms[position] = formOf(source, name)
  const known = forms.filter((form) => form !== undefined)
  return width < 2 || known.length < width ? undefined : machineOf(known)
}

/** How values of a column are written: any bytes, or digits with so many places after a point at most. */
interface Form {
  readonly kind: "any" | "number"
  readonly places: number
  readonly mayBeEmpty: boolean
}

const anything: Form = { kind: "any", places: 0, mayBeEmpty: true }

function formOf({ columns }: SourceAsset, name: string): Form | undefined {
  const column = columns[name]
  if (column === undefined) return undefined
  const mayBeEmpty = column.nullable
  switch (column.kind) {
    case "text":
      return anything
    case "int16":
    case "int32":
    case "int64":
      return { kind: "number", places: 0, mayBeEmpty }
    case "decimal":
      return { kind: "number", places: Number(/,(\d+)\)$/.exec(column.type)?.[1] ?? 0), mayBeEmpty }
    case "bool":
    case "float64":
    case "date":
    case "timestamp":
    case "list":
    case "struct":
      return undefined
    default:
      return unreachable(column.kind)
  }
}

function machineOf(forms: readonly Form[]): PlainCsv {
  const [start, doubtful, unfit, lineEnd] = [3, 0, 1, 2]
  const rows: number[][] = [fixed(doubtful), fixed(unfit), fixed(doubtful)]
  for (const [at, form] of forms.entries()) {
    const base = rows.length
    const states = form.kind === "any" ? anyStates(base) : numberStates(base, form)
    const ends = at < forms.length - 1 ? undefined : { start, lineEnd }
    for (const { row, mayEnd } of states) {
      if (mayEnd && ends === undefined) row[comma] = base + states.length
      if (mayEnd && ends !== undefined) {
        row[newline] = ends.start
        row[carriageReturn] = ends.lineEnd
      }
      rows.push(row)
    }
  }
  for (const row of rows) for (const byte of [quote, 0]) row[byte] = unfit
  const [afterReturn, first] = [rows[lineEnd], rows[start]]
  if (afterReturn !== undefined) afterReturn[newline] = start
  if (first !== undefined) first[newline] = unfit
  return { next: Uint16Array.from(rows.flat()), start, unfit }
}

interface State {
  readonly row: number[]
  /** Whether the value may be over here. */
  readonly mayEnd: boolean
}

const fixed = (state: number): number[] => Array.from({ length: 256 }, () => state)

/** A carriage return is no part of a value. */
function anyStates(base: number): readonly State[] {
  const row = fixed(base)
  row[comma] = 0
  row[newline] = 0
  row[carriageReturn] = 0
  return [{ row, mayEnd: true }]
}

/** Before the number, after its sign, in its whole digits, after the point, and after each place. */
function numberStates(base: number, { places, mayBeEmpty }: Form): readonly State[] {
  const row = (digit: number | undefined): number[] => {
    const made = fixed(0)
    if (digit !== undefined) made.fill(base + digit, 48, 58)
    return made
  }
  const [before, whole] = [row(2), row(2)]
  before[minus] = base + 1
  if (places > 0) whole[point] = base + 3
  const after = Array.from({ length: places > 0 ? places + 1 : 0 }, (_, place): State => ({
    row: row(place < places ? 4 + place : undefined),
    mayEnd: place > 0,
  }))
  return [
    { row: before, mayEnd: mayBeEmpty },
    { row: row(2), mayEnd: false },
    { row: whole, mayEnd: true },
    ...after,
  ]
}
