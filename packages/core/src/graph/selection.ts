import type { AnyAsset } from "../declare/declaration.ts"
import { type Problem, ProblemsError } from "../problem.ts"
import { formatSuggestion } from "../suggest.ts"
import type { Graph } from "./graph.ts"
import { findReachable } from "./lineage.ts"
import { selectionKeywords } from "./selection-keywords.ts"

/** The selection of assets in a command, as a syntax tree. */
export type Selection =
  | { readonly kind: "name"; readonly pattern: string; readonly at: number }
  | {
      readonly kind: "attribute"
      readonly attribute: Attribute
      readonly value: string
      readonly at: number
    }
  | { readonly kind: "and" | "or"; readonly left: Selection; readonly right: Selection }
  | { readonly kind: "not"; readonly operand: Selection }
  | {
      readonly kind: "near"
      readonly operand: Selection
      readonly up: number
      readonly down: number
    }

/** The attributes of `attribute:value`. */
export type Attribute = DeclaredAttribute | StateAttribute

type DeclaredAttribute = "group" | "tag" | "owner" | "kind"

/** The attributes of an asset's newest partition; the other ones belong to its declaration. */
export type StateAttribute = keyof typeof stateValues

/** The values of `status:`, the state of an asset, and of `stale:`, the cause of its staleness. */
export const stateValues = {
  status: ["missing", "stale", "fresh", "failed", "overdue"],
  stale: ["code", "input", "upstream"],
} as const

const attributes: readonly Attribute[] = ["group", "status", "stale", "tag", "owner", "kind"]

/** A selection, or the problem of its text; the hint points at the place with a caret. */
export type SelectionResult =
  | { readonly kind: "selection"; readonly selection: Selection }
  | { readonly kind: "problem"; readonly problem: Problem }

/**
 * Parses the grammar that the command line, the web page and the HTTP API share:
 * `a`, `a_*`, `+a` (with its upstream), `a+`, `2+a+1`, `group:g`, `status:stale`, `stale:code`, `tag:`, `owner:`,
 * `kind:`, `and`, `or`, `not`, parentheses. `not` binds before `and`, `and` before `or`.
 */
export function parseSelection(text: string): SelectionResult {
  const cursor: Cursor = { text, tokens: tokenize(text), next: 0 }
  try {
    const selection = parseOr(cursor)
    if (peek(cursor).kind !== "end") return failParse(cursor, peek(cursor), "and, or, or the end")
    return { kind: "selection", selection }
  } catch (error) {
    if (!(error instanceof ProblemsError) || error.problems[0] === undefined) throw error
    return { kind: "problem", problem: error.problems[0] }
  }
}

interface Token {
  readonly kind: "(" | ")" | "+" | '"' | "number" | "word" | "end"
  readonly text: string
  readonly at: number
}

interface Cursor {
  readonly text: string
  readonly tokens: readonly Token[]
  next: number
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.next] ?? { kind: "end", text: "", at: cursor.text.length }
}

function takeToken(cursor: Cursor): Token {
  const token = peek(cursor)
  cursor.next += 1
  return token
}

/** Consumes the next token if it is this word. */
function takeWord(cursor: Cursor, word: string): boolean {
  const token = peek(cursor)
  const is = token.kind === "word" && token.text === word
  if (is) cursor.next += 1
  return is
}

function parseOr(cursor: Cursor): Selection {
  let selection = parseAnd(cursor)
  while (takeWord(cursor, "or"))
    selection = { kind: "or", left: selection, right: parseAnd(cursor) }
  return selection
}

function parseAnd(cursor: Cursor): Selection {
  let selection = parseNot(cursor)
  while (takeWord(cursor, "and"))
    selection = { kind: "and", left: selection, right: parseNot(cursor) }
  return selection
}

function parseNot(cursor: Cursor): Selection {
  return takeWord(cursor, "not") ? { kind: "not", operand: parseNot(cursor) } : parseNear(cursor)
}

function parseNear(cursor: Cursor): Selection {
  const up = parseUpstreamDepth(cursor)
  const operand = parseItem(cursor)
  const down = parseDownstreamDepth(cursor)
  return up === 0 && down === 0 ? operand : { kind: "near", operand, up, down }
}

function parseUpstreamDepth(cursor: Cursor): number {
  const first = peek(cursor)
  if (first.kind !== "number" && first.kind !== "+") return 0
  takeToken(cursor)
  if (first.kind === "+") return Infinity
  const plus = takeToken(cursor)
  return plus.kind === "+" ? Number(first.text) : failParse(cursor, plus, "a + after the number")
}

function parseDownstreamDepth(cursor: Cursor): number {
  if (peek(cursor).kind !== "+") return 0
  takeToken(cursor)
  return peek(cursor).kind === "number" ? Number(takeToken(cursor).text) : Infinity
}

function parseItem(cursor: Cursor): Selection {
  const token = takeToken(cursor)
  if (token.kind === "word" && !selectionKeywords.has(token.text)) return parseAtom(cursor, token)
  if (token.kind !== "(") return failParse(cursor, token, "an asset's name, group:… or (")
  const inner = parseOr(cursor)
  const close = takeToken(cursor)
  return close.kind === ")" ? inner : failParse(cursor, close, ")")
}

function failParse(cursor: Cursor, token: Token, expected: string): never {
  const tokenText = token.kind === "end" ? "the end" : `"${token.text}"`
  const message = `The selection has ${tokenText} where ${expected} is expected.`
  const hint = `${cursor.text}\n${" ".repeat(token.at)}^`
  throw new ProblemsError("usage", [{ kind: "selection", message, hint }])
}

function tokenize(text: string): readonly Token[] {
  const pattern =
    /\s*(?:([()+]|"(?![^"]*"))|"([^"]*)"|(\d+)(?=\s*\+)|(\d+)(?=\s*(?:$|\)|\s))|([^\s()+"]+))/gy
  const tokens: Token[] = []
  for (const match of text.matchAll(pattern)) {
    const [whole, sign, quoted, numberBefore, numberAfter, word] = match
    const value = sign ?? quoted ?? numberBefore ?? numberAfter ?? word ?? ""
    const at = match.index + whole.length - (quoted === undefined ? value.length : value.length + 2)
    const number = numberBefore ?? numberAfter
    const kind = sign ?? (number === undefined ? "word" : "number")
    tokens.push({ kind: kind as Token["kind"], text: value, at }) // the pattern's signs are the token kinds
  }
  return tokens
}

function parseAtom(cursor: Cursor, token: Token): Selection {
  const { text, at } = token
  const colon = text.indexOf(":")
  if (colon < 0) return { kind: "name", pattern: text, at }
  const attribute = attributes.find((candidate) => candidate === text.slice(0, colon))
  if (attribute === undefined) return failParse(cursor, token, `one of ${attributes.join(":, ")}:`)
  return { kind: "attribute", attribute, value: text.slice(colon + 1), at }
}

/** Tests the state of an asset's newest partition; called only for selections with `status:` or `stale:`. */
export type HasState = (asset: AnyAsset, attribute: StateAttribute, value: string) => boolean

/** The names of the selected assets, in the order of the graph, and the problems of the names and values in the selection. */
export function resolveSelection(
  graph: Graph,
  selection: Selection,
  hasState: HasState,
): { readonly names: readonly string[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const names = resolveNames({ graph, hasState, problems }, selection)
  return { names: [...graph.assets.keys()].filter((name) => names.has(name)), problems }
}

interface ResolutionContext {
  readonly graph: Graph
  readonly hasState: HasState
  readonly problems: Problem[]
}

function resolveNames(context: ResolutionContext, selection: Selection): ReadonlySet<string> {
  const { graph } = context
  switch (selection.kind) {
    case "name":
      return matchPattern(context, selection.pattern)
    case "attribute":
      return matchAttribute(context, selection.attribute, selection.value)
    case "and": {
      const right = resolveNames(context, selection.right)
      return new Set([...resolveNames(context, selection.left)].filter((name) => right.has(name)))
    }
    case "or": {
      const alternatives = listAlternatives(selection)
      return new Set(alternatives.flatMap((part) => [...resolveNames(context, part)]))
    }
    case "not": {
      const excluded = resolveNames(context, selection.operand)
      return new Set([...graph.assets.keys()].filter((name) => !excluded.has(name)))
    }
    case "near": {
      const inner = resolveNames(context, selection.operand)
      const around = [...inner].flatMap((name) => [
        ...findReachable(graph, name, "upstream", selection.up),
        ...findReachable(graph, name, "downstream", selection.down),
      ])
      return new Set([...inner, ...around])
    }
  }
}

/** Lists the alternatives of a selection in their order. A list of names is a chain as deep as it is long. */
function listAlternatives(selection: Selection): readonly Selection[] {
  const alternatives: Selection[] = []
  const pending = [selection]
  for (let next = pending.pop(); next !== undefined; next = pending.pop())
    if (next.kind === "or") pending.push(next.right, next.left)
    else alternatives.push(next)
  return alternatives
}

/** Matches the names of assets; a name that only a computation has means its outputs. */
function matchPattern(
  { graph, problems }: ResolutionContext,
  pattern: string,
): ReadonlySet<string> {
  if (graph.assets.has(pattern)) return new Set([pattern])
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  const matcher = new RegExp(`^${parts.join(".*")}$`)
  const assetNames = [...graph.assets.keys()].filter((name) => matcher.test(name))
  const names = assetNames.length > 0 ? assetNames : listOutputs(graph, matcher)
  if (names.length === 0) {
    const what = pattern.includes("*") ? "No asset matches" : "No asset is named"
    const hint = formatSuggestion(pattern, graph.assets.keys())
    problems.push({
      kind: "unknown_asset",
      asset: pattern,
      message: `${what} \`${pattern}\`.`,
      hint,
    })
  }
  return new Set(names)
}

function listOutputs({ computations }: Graph, matcher: RegExp): readonly string[] {
  return computations.flatMap(({ name, outputs }) =>
    matcher.test(name) ? outputs.map(({ asset }) => asset) : [],
  )
}

function matchAttribute(
  { graph, hasState, problems }: ResolutionContext,
  attribute: Attribute,
  value: string,
): ReadonlySet<string> {
  const assets = [...graph.assets.values()]
  const values = listAttributeValues(assets, attribute)
  if (!values.includes(value)) {
    const hint = formatSuggestion(value, new Set(values))
    const what = attribute === "stale" ? "cause" : attribute
    problems.push({
      kind: `unknown_${what}`,
      message: `No ${what} is called \`${value}\`.`,
      hint,
    })
  }
  const has = (asset: AnyAsset): boolean =>
    isStateAttribute(attribute)
      ? hasState(asset, attribute, value)
      : getAttributeValues(asset, attribute).includes(value)
  return new Set(assets.filter(has).map(({ name }) => name))
}

function isStateAttribute(attribute: Attribute): attribute is StateAttribute {
  return attribute in stateValues
}

function listAttributeValues(assets: readonly AnyAsset[], attribute: Attribute): readonly string[] {
  return isStateAttribute(attribute)
    ? stateValues[attribute]
    : assets.flatMap((asset) => getAttributeValues(asset, attribute))
}

function getAttributeValues(asset: AnyAsset, attribute: DeclaredAttribute): readonly string[] {
  switch (attribute) {
    case "group":
      return [asset.group]
    case "tag":
      return asset.tags
    case "owner":
      return asset.owners
    case "kind":
      return [asset.kind === "source" ? "source" : asset.computation.kind]
  }
}
