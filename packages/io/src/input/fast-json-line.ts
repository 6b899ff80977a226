import type { SourceAsset } from "@freshet/core"

import {
  anyValuePattern,
  keyPattern,
  buildFastValuePattern,
  spacePattern,
} from "./fast-json-value.ts"
import { getJsonKey } from "./json-keys.ts"
import { listSourceColumns } from "./line-kinds.ts"

/**
 * Finds the ends of lines that the fast path accepts: one object of strict JSON without duplicate keys, with
 * the columns of its kind and valid values, ended by a newline. Undefined means that the strict parser
 * decides. The text holds the bytes of the lines as Latin-1; they must be UTF-8.
 */
export interface FastLineMatcher {
  /** Returns the end of the line that starts here. */
  readonly findLineEnd: (text: string, start: number) => number | undefined
  /** Returns the ends of the `plainBlock` lines that start here, if the fast path accepts all of them by known patterns. */
  readonly findBlockEnd: (text: string, start: number) => number | undefined
}

/** The number of lines in one match: fewer calls cost less. */
export const linesPerBlock = 16

const maxForms = 16
const emptyPattern = /(?!)/y

/**
 * Creates the matcher of lines for the fast path. Most lines have the form of an earlier one: its keys in their order,
 * its spaces, valid values. One pattern matches all these forms.
 */
export function createFastLineMatcher(source: SourceAsset): FastLineMatcher {
  const parseFastLine = createFastLineParser(source)
  const forms: string[] = []
  let formsPattern = emptyPattern
  let blockPattern = emptyPattern
  return {
    findLineEnd: (text, start) => {
      const end = findMatchEnd(formsPattern, text, start)
      if (end !== undefined) return end
      const line = parseFastLine(text, start)
      if (line !== undefined && forms.length < maxForms) {
        forms.push(line.form)
        formsPattern = new RegExp(forms.join("|"), "y")
        blockPattern = new RegExp(`(?:${forms.join("|")}){${linesPerBlock}}`, "y")
      }
      return line?.end
    },
    findBlockEnd: (text, start) => findMatchEnd(blockPattern, text, start),
  }
}

function findMatchEnd(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : undefined
}

interface FastLine {
  /** The position after the newline. */
  readonly end: number
  /** The pattern of lines that differ from this one in values only. */
  readonly form: string
}

/** The pattern of the values of one key. */
interface ValuePattern {
  readonly source: string
  readonly matches: (value: string) => boolean
}

/** The required keys of a line of one kind, and the patterns of its columns. */
interface LineShape {
  readonly required: readonly string[]
  readonly columns: ReadonlyMap<string, ValuePattern>
}

/** Parses a line member by member. */
function createFastLineParser(
  source: SourceAsset,
): (text: string, start: number) => FastLine | undefined {
  const findShape = createShapeFinder(source)
  const memberPattern = new RegExp(
    `(${spacePattern}([{,])${spacePattern}"(${keyPattern})"${spacePattern}:${spacePattern})(${anyValuePattern})`,
    "y",
  )
  const endPattern = new RegExp(`${spacePattern}}${spacePattern}\n`, "y")
  return (text, start) => {
    const values = new Map<string, string>()
    const members: { readonly prefix: string; readonly key: string; readonly value: string }[] = []
    endPattern.lastIndex = memberPattern.lastIndex = start
    for (let match = memberPattern.exec(text); match !== null; match = memberPattern.exec(text)) {
      const [, prefix = "", opener, key = "", value = ""] = match
      if (values.has(key) || (opener === "{") !== (values.size === 0)) return undefined
      values.set(key, value)
      members.push({ prefix, key, value })
      endPattern.lastIndex = memberPattern.lastIndex
    }
    const lineEnd = endPattern.exec(text)?.[0]
    const shape = findShape(values)
    if (lineEnd === undefined || !shape?.required.every((key) => values.has(key))) return undefined
    const form = members.map(({ prefix, key, value }) => {
      const pattern = shape.columns.get(key) ?? anyValue
      return pattern.matches(value) ? escapePattern(prefix) + pattern.source : undefined
    })
    if (members.length === 0 || form.includes(undefined)) return undefined
    return { end: endPattern.lastIndex, form: form.join("") + escapePattern(lineEnd) }
  }
}

function createShapeFinder(
  source: SourceAsset,
): (values: ReadonlyMap<string, string>) => LineShape | undefined {
  const { lineKinds } = source
  if (lineKinds === undefined) {
    const shape = buildLineShape(source, undefined)
    return () => shape
  }
  const kinds = Object.keys(lineKinds.kinds)
  const shapes = new Map(kinds.map((kind) => [toJsonLatin1(kind), buildLineShape(source, kind)]))
  const key = toLatin1(getJsonKey(source, lineKinds.column))
  return (values) => shapes.get(values.get(key) ?? "")
}

function buildLineShape(source: SourceAsset, kind: string | undefined): LineShape {
  const includesKind = (kinds: readonly string[] | undefined) =>
    kinds === undefined || (kind !== undefined && kinds.includes(kind))
  const columns = listSourceColumns(source)
  const patterns = columns.map(({ name, column, kinds, required }) => {
    const valuePattern = buildFastValuePattern(column)
    if (name === source.lineKinds?.column)
      return createValuePattern(escapePattern(toJsonLatin1(kind ?? "")))
    if (!includesKind(kinds) || valuePattern === undefined) return createValuePattern("null")
    return createValuePattern(includesKind(required) ? valuePattern : `(?:null|${valuePattern})`)
  })
  return {
    required: columns.flatMap(({ name, required }) =>
      includesKind(required) ? [toLatin1(getJsonKey(source, name))] : [],
    ),
    columns: new Map(
      columns.map(({ name }, at) => [toLatin1(getJsonKey(source, name)), patterns[at] ?? anyValue]),
    ),
  }
}

function createValuePattern(source: string): ValuePattern {
  const wholePattern = new RegExp(`^(?:${source})$`)
  return { source, matches: (value) => wholePattern.test(value) }
}

const anyValue = createValuePattern(anyValuePattern)

/** Encodes a text as UTF-8, in the form of Latin-1 text. */
function toLatin1(text: string): string {
  return Buffer.from(text).toString("latin1")
}

function toJsonLatin1(text: string): string {
  return toLatin1(JSON.stringify(text))
}

/** Builds the pattern of one text. */
function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
