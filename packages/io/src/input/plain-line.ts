import type { SourceAsset } from "@freshet/core"

import { sourceColumns } from "./line-kinds.ts"
import { anyValue, keyInside, plainValue, space } from "./plain-value.ts"

/**
 * Where plain lines are over. A plain line surely is a good row as far as JSON, types and presence go: one
 * object of strict JSON that says nothing twice, has the columns of its kind and no others' values, and ends
 * with a newline. Undefined means doubt. The text is the lines' bytes as Latin-1, and they are taken to be UTF-8.
 */
export interface PlainLines {
  /** Where the line that starts here is over. */
  readonly lineEnd: (text: string, start: number) => number | undefined
  /** Where the `plainBlock` lines that start here are over, if all of them are plain and of forms seen before. */
  readonly blockEnd: (text: string, start: number) => number | undefined
}

/** Asking for so many lines at once saves most of what asking costs. */
export const plainBlock = 16

const mostForms = 16
const nothing = /(?!)/y

/**
 * Recognises the plain lines of a source. Most have the form of one seen before: its keys in their order,
 * its spaces, values that fit. One pattern knows all these forms.
 */
export function plainLines(source: SourceAsset): PlainLines {
  const recognise = lineRecogniser(source)
  const forms: string[] = []
  let known = nothing
  let block = nothing
  return {
    lineEnd: (text, start) => {
      const end = endOf(known, text, start)
      if (end !== undefined) return end
      const line = recognise(text, start)
      if (line !== undefined && forms.length < mostForms) {
        forms.push(line.form)
        known = new RegExp(forms.join("|"), "y")
        block = new RegExp(`(?:${forms.join("|")}){${plainBlock}}`, "y")
      }
      return line?.end
    },
    blockEnd: (text, start) => endOf(block, text, start),
  }
}

function endOf(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : undefined
}

interface PlainLine {
  /** After the newline. */
  readonly end: number
  /** A pattern for lines that differ from this one in values only. */
  readonly form: string
}

/** What the values of one key look like. */
interface Pattern {
  readonly source: string
  readonly fits: (value: string) => boolean
}

/** What a line of one kind must say, and what the columns look like in it. */
interface Shape {
  readonly required: readonly string[]
  readonly columns: ReadonlyMap<string, Pattern>
}

/** Reads a line member by member. */
function lineRecogniser(
  source: SourceAsset,
): (text: string, start: number) => PlainLine | undefined {
  const shapeOf = shapeFinder(source)
  const member = new RegExp(
    `(${space}([{,])${space}"(${keyInside})"${space}:${space})(${anyValue})`,
    "y",
  )
  const ending = new RegExp(`${space}}${space}\n`, "y")
  return (text, start) => {
    const values = new Map<string, string>()
    const pieces: { readonly before: string; readonly key: string; readonly value: string }[] = []
    ending.lastIndex = member.lastIndex = start
    for (let found = member.exec(text); found !== null; found = member.exec(text)) {
      const [, before = "", opening, key = "", value = ""] = found
      if (values.has(key) || (opening === "{") !== (values.size === 0)) return undefined
      values.set(key, value)
      pieces.push({ before, key, value })
      ending.lastIndex = member.lastIndex
    }
    const after = ending.exec(text)?.[0]
    const shape = shapeOf(values)
    if (after === undefined || !shape?.required.every((key) => values.has(key))) return undefined
    const form = pieces.map(({ before, key, value }) => {
      const pattern = shape.columns.get(key) ?? otherValue
      return pattern.fits(value) ? literally(before) + pattern.source : undefined
    })
    if (pieces.length === 0 || form.includes(undefined)) return undefined
    return { end: ending.lastIndex, form: form.join("") + literally(after) }
  }
}

function shapeFinder(
  source: SourceAsset,
): (values: ReadonlyMap<string, string>) => Shape | undefined {
  const { lineKinds } = source
  if (lineKinds === undefined) {
    const only = lineShape(source, undefined)
    return () => only
  }
  const kinds = Object.keys(lineKinds.kinds)
  const shapes = new Map(kinds.map((kind) => [jsonBytes(kind), lineShape(source, kind)]))
  const key = asBytes(lineKinds.column)
  return (values) => shapes.get(values.get(key) ?? "")
}

function lineShape(source: SourceAsset, kind: string | undefined): Shape {
  const isIn = (kinds: readonly string[] | undefined) =>
    kinds === undefined || (kind !== undefined && kinds.includes(kind))
  const columns = sourceColumns(source)
  const patterns = columns.map(({ name, column, kinds, required }) => {
    const plain = plainValue(column)
    if (name === source.lineKinds?.column) return pattern(literally(jsonBytes(kind ?? "")))
    if (!isIn(kinds) || plain === undefined) return pattern("null")
    return pattern(isIn(required) ? plain : `(?:null|${plain})`)
  })
  return {
    required: columns.flatMap(({ name, required }) => (isIn(required) ? [asBytes(name)] : [])),
    columns: new Map(columns.map(({ name }, at) => [asBytes(name), patterns[at] ?? otherValue])),
  }
}

function pattern(source: string): Pattern {
  const whole = new RegExp(`^(?:${source})$`)
  return { source, fits: (value) => whole.test(value) }
}

const otherValue = pattern(anyValue)

/** The bytes of a text as UTF-8, as Latin-1 text. */
function asBytes(text: string): string {
  return Buffer.from(text).toString("latin1")
}

function jsonBytes(text: string): string {
  return asBytes(JSON.stringify(text))
}

/** The pattern of just this text. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
