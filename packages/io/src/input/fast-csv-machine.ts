import type { SourceAsset } from "@freshet/core"
import { unreachable } from "@freshet/core/engine"

import { type CsvSyntax, getCsvSyntax } from "./csv-syntax.ts"

/** States of a machine that reads a CSV file byte by byte. */
export interface FastCsvMachine {
  /** State × 256 + byte → the next state. A newline leads to `start` if the line may end there, else to the strict parser. */
  readonly transitions: Uint16Array
  readonly start: number
  /** The fast path cannot read the file. */
  readonly unsupported: number
}

const [newline, carriageReturn, minus, point] = [10, 13, 45, 46]

/**
 * Builds the machine that accepts lines for the fast path: as many values as columns, none quoted, and each
 * number in a notation that the engine's typed reader parses exactly. `positions` holds the position of each column
 * of the source among `width` columns. Undefined for unsupported columns.
 */
export function buildFastCsvMachine(
  source: SourceAsset,
  positions: ReadonlyMap<string, number>,
  width: number,
): FastCsvMachine | undefined {
  const forms = Array.from({ length: width }, (): ValueForm | undefined => anyForm)
  for (const [name, position] of positions) forms[position] = findForm(source, name)
  const knownForms = forms.filter((form) => form !== undefined)
  const syntax = getCsvSyntax(source)
  const isSupported = width > 1 && knownForms.length === width && source.lineKinds === undefined
  return !isSupported || isUncertain(source, syntax) ? undefined : buildMachine(knownForms, syntax)
}

/** Tests if the machine cannot distinguish values from the null text. */
function isUncertain({ columns }: SourceAsset, { nullText }: CsvSyntax): boolean {
  if (nullText === undefined) return false
  const hasRequiredText = Object.values(columns).some(
    ({ kind, nullable }) => kind === "text" && !nullable,
  )
  return hasRequiredText || !/^[!-,./:-~][!-~]*$/.test(nullText)
}

/** The notation of a column's values: any bytes, or digits with a maximum number of decimal places. */
interface ValueForm {
  readonly kind: "any" | "number"
  readonly places: number
  readonly mayBeEmpty: boolean
}

const anyForm: ValueForm = { kind: "any", places: 0, mayBeEmpty: true }

function findForm({ columns }: SourceAsset, name: string): ValueForm | undefined {
  const column = columns[name]
  if (column === undefined) return undefined
  const mayBeEmpty = column.nullable
  switch (column.kind) {
    case "text":
      return anyForm
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

function buildMachine(forms: readonly ValueForm[], syntax: CsvSyntax): FastCsvMachine {
  const [delimiter, quote] = [syntax.delimiter.charCodeAt(0), syntax.quote.charCodeAt(0)]
  const [start, strict, unsupported, lineEnd] = [3, 0, 1, 2]
  const rows: number[][] = [createRow(strict), createRow(unsupported), createRow(strict)]
  for (const [at, form] of forms.entries()) {
    const base = rows.length
    const states =
      form.kind === "any" ? buildAnyStates(base, delimiter) : buildNumberStates(base, form, syntax)
    const ends = at < forms.length - 1 ? undefined : { start, lineEnd }
    for (const { row, mayEnd } of states) {
      if (mayEnd && ends === undefined) row[delimiter] = base + states.length
      if (mayEnd && ends !== undefined) {
        row[newline] = ends.start
        row[carriageReturn] = ends.lineEnd
      }
      rows.push(row)
    }
  }
  for (const row of rows) for (const byte of [quote, 0]) row[byte] = unsupported
  const afterReturn = rows[lineEnd]
  if (afterReturn !== undefined) afterReturn[newline] = start
  return { transitions: Uint16Array.from(rows.flat()), start, unsupported }
}

interface ValueState {
  readonly row: number[]
  /** True if the value may end here. */
  readonly mayEnd: boolean
}

const createRow = (state: number): number[] => Array.from({ length: 256 }, () => state)

/** Builds the states of a value of any bytes but a carriage return. */
function buildAnyStates(base: number, delimiter: number): readonly ValueState[] {
  const row = createRow(base)
  row[delimiter] = 0
  row[newline] = 0
  row[carriageReturn] = 0
  return [{ row, mayEnd: true }]
}

/** Builds the states of a number: at its start, after its sign, in its integer digits, after the point, after each decimal place, and in the null text. */
function buildNumberStates(
  base: number,
  { places, mayBeEmpty }: ValueForm,
  { nullText }: CsvSyntax,
): readonly ValueState[] {
  const createDigitRow = (digit: number | undefined): number[] => {
    const transitions = createRow(0)
    if (digit !== undefined) transitions.fill(base + digit, 48, 58)
    return transitions
  }
  const [startRow, wholeRow] = [createDigitRow(2), createDigitRow(2)]
  startRow[minus] = base + 1
  if (places > 0) wholeRow[point] = base + 3
  const fractionStates = Array.from(
    { length: places > 0 ? places + 1 : 0 },
    (_, place): ValueState => ({
      row: createDigitRow(place < places ? 4 + place : undefined),
      mayEnd: place > 0,
    }),
  )
  const states = [
    { row: startRow, mayEnd: mayBeEmpty },
    { row: createDigitRow(2), mayEnd: false },
    { row: wholeRow, mayEnd: true },
    ...fractionStates,
  ]
  return mayBeEmpty
    ? [...states, ...buildNullStates(base + states.length, startRow, nullText)]
    : states
}

/** Builds the states after each character of the null text; `startRow` is of the state before it. */
function buildNullStates(base: number, startRow: number[], nullText = ""): readonly ValueState[] {
  let row = startRow
  return Array.from(nullText, (character, at) => {
    row[character.charCodeAt(0)] = base + at
    row = createRow(0)
    return { row, mayEnd: at === nullText.length - 1 }
  })
}
