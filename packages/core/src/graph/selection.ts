import type { AnyAsset } from "../declare/asset.ts"
import { type Problem, ProblemsError } from "../problem.ts"
import { didYouMean } from "../suggest.ts"
import type { Graph } from "./graph.ts"
import { reachable } from "./lineage.ts"

/** Which assets a command means, as a tree. */
export type Selection =
  | { readonly kind: "name"; readonly pattern: string; readonly at: number }
  | {
      readonly kind: "attribute"
      readonly attribute: Attribute
      readonly value: string
      readonly at: number
    }
  | { readonly kind: "and" | "or"; readonly left: Selection; readonly right: Selection }
  | { readonly kind: "not"; readonly of: Selection }
  | { readonly kind: "near"; readonly of: Selection; readonly up: number; readonly down: number }

/** What `attribute:value` may ask for. */
export type Attribute = DeclaredAttribute | StateAttribute

type DeclaredAttribute = "group" | "tag" | "owner" | "kind"

/** What is asked of an asset's newest partition rather than of its declaration. */
export type StateAttribute = keyof typeof stateValues

/** What `status:` and `stale:` may ask for: how an asset stands, and why it is stale. */
export const stateValues = {
  status: ["missing", "stale", "fresh", "failed", "overdue"],
  stale: ["code", "input", "upstream"],
} as const

const attributes: readonly Attribute[] = ["group", "status", "stale", "tag", "owner", "kind"]

/** A selection, or what is wrong with its text: the sentence names the place, the hint points at it with a caret. */
export type SelectionResult =
  | { readonly kind: "selection"; readonly selection: Selection }
  | { readonly kind: "problem"; readonly problem: Problem }

/**
 * Parses the grammar that command line, web page and interface share:
 * `a`, `a_*`, `+a` (with its upstream), `a+`, `2+a+1`, `group:g`, `status:stale`, `stale:code`, `tag:`, `owner:`,
 * `kind:`, `and`, `or`, `not`, parentheses. `not` binds before `and`, `and` before `or`.
 */
export function parseSelection(text: string): SelectionResult {
  const cursor: Cursor = { text, tokens: tokensOf(text), next: 0 }
  try {
    const selection = either(cursor)
    if (peek(cursor).kind !== "end") return fail(cursor, peek(cursor), "and, or, or the end")
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

function take(cursor: Cursor): Token {
  const token = peek(cursor)
  cursor.next += 1
  return token
}

/** Takes the next token if it is this word. */
function took(cursor: Cursor, word: string): boolean {
  const token = peek(cursor)
  const is = token.kind === "word" && token.text === word
  if (is) cursor.next += 1
  return is
}

function either(cursor: Cursor): Selection {
  let left = both(cursor)
  while (took(cursor, "or")) left = { kind: "or", left, right: both(cursor) }
  return left
}

function both(cursor: Cursor): Selection {
  let left = negated(cursor)
  while (took(cursor, "and")) left = { kind: "and", left, right: negated(cursor) }
  return left
}

function negated(cursor: Cursor): Selection {
  return took(cursor, "not") ? { kind: "not", of: negated(cursor) } : near(cursor)
}

function near(cursor: Cursor): Selection {
  const up = hopsBefore(cursor)
  const of = item(cursor)
  const down = hopsAfter(cursor)
  return up === 0 && down === 0 ? of : { kind: "near", of, up, down }
}

function hopsBefore(cursor: Cursor): number {
  const first = peek(cursor)
  if (first.kind !== "number" && first.kind !== "+") return 0
  take(cursor)
  if (first.kind === "+") return Infinity
  const plus = take(cursor)
  return plus.kind === "+" ? Number(first.text) : fail(cursor, plus, "a + after the number")
}

function hopsAfter(cursor: Cursor): number {
  if (peek(cursor).kind !== "+") return 0
  take(cursor)
  return peek(cursor).kind === "number" ? Number(take(cursor).text) : Infinity
}

const connectives = new Set(["and", "or", "not"])

function item(cursor: Cursor): Selection {
  const token = take(cursor)
  if (token.kind === "word" && !connectives.has(token.text)) return atom(cursor, token)
  if (token.kind !== "(") return fail(cursor, token, "an asset's name, group:… or (")
  const inner = either(cursor)
  const close = take(cursor)
  return close.kind === ")" ? inner : fail(cursor, close, ")")
}

function fail(cursor: Cursor, token: Token, expected: string): never {
  const found = token.kind === "end" ? "the end" : `"${token.text}"`
  const message = `The selection has ${found} where ${expected} is expected.`
  const hint = `${cursor.text}\n${" ".repeat(token.at)}^`
  throw new ProblemsError("usage", [{ kind: "selection", message, hint }])
}

function tokensOf(text: string): readonly Token[] {
  const pattern =
    /\s*(?:([()+]|"(?![^"]*"))|"([^"]*)"|(\d+)(?=\s*\+)|(\d+)(?=\s*(?:$|\)|\s))|([^\s()+"]+))/gy
  const tokens: Token[] = []
  for (const match of text.matchAll(pattern)) {
    const [whole, sign, quoted, before, after, word] = match
    const value = sign ?? quoted ?? before ?? after ?? word ?? ""
    const at = match.index + whole.length - (quoted === undefined ? value.length : value.length + 2)
    const number = before ?? after
    const kind = sign ?? (number === undefined ? "word" : "number")
    tokens.push({ kind: kind as Token["kind"], text: value, at }) // the pattern's signs are the token kinds
  }
  return tokens
}

function atom(cursor: Cursor, token: Token): Selection {
  const { text, at } = token
  const colon = text.indexOf(":")
  if (colon < 0) return { kind: "name", pattern: text, at }
  const attribute = attributes.find((each) => each === text.slice(0, colon))
  if (attribute === undefined) return fail(cursor, token, `one of ${attributes.join(":, ")}:`)
  return { kind: "attribute", attribute, value: text.slice(colon + 1), at }
}

/** Whether an asset stands so at its newest partition; asked only when the selection says `status:` or `stale:`. */
export type HasState = (asset: AnyAsset, attribute: StateAttribute, value: string) => boolean

/** The names that a selection means, in the order of the graph, and what is wrong with the names that it uses. */
export function resolveSelection(
  graph: Graph,
  selection: Selection,
  hasState: HasState,
): { readonly names: readonly string[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const found = namesOf({ graph, hasState, problems }, selection)
  return { names: [...graph.assets.keys()].filter((name) => found.has(name)), problems }
}

interface Resolving {
  readonly graph: Graph
  readonly hasState: HasState
  readonly problems: Problem[]
}

function namesOf(context: Resolving, selection: Selection): ReadonlySet<string> {
  const { graph } = context
  switch (selection.kind) {
    case "name":
      return named(context, selection.pattern)
    case "attribute":
      return withAttribute(context, selection.attribute, selection.value)
    case "and": {
      const right = namesOf(context, selection.right)
      return new Set([...namesOf(context, selection.left)].filter((name) => right.has(name)))
    }
    case "or":
      return new Set([...namesOf(context, selection.left), ...namesOf(context, selection.right)])
    case "not": {
      const excluded = namesOf(context, selection.of)
      return new Set([...graph.assets.keys()].filter((name) => !excluded.has(name)))
    }
    case "near": {
      const inner = namesOf(context, selection.of)
      const around = [...inner].flatMap((name) => [
        ...reachable(graph, name, "upstream", selection.up),
        ...reachable(graph, name, "downstream", selection.down),
      ])
      return new Set([...inner, ...around])
    }
  }
}

function named({ graph, problems }: Resolving, pattern: string): ReadonlySet<string> {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  const matcher = new RegExp(`^${parts.join(".*")}$`)
  const names = [...graph.assets.keys()].filter((name) => matcher.test(name))
  if (names.length === 0) {
    const what = pattern.includes("*") ? "No asset matches" : "No asset is named"
    const hint = didYouMean(pattern, graph.assets.keys())
    problems.push({ kind: "unknown_asset", message: `${what} \`${pattern}\`.`, hint })
  }
  return new Set(names)
}

function withAttribute(
  { graph, hasState, problems }: Resolving,
  attribute: Attribute,
  value: string,
): ReadonlySet<string> {
  const assets = [...graph.assets.values()]
  const known = knownValues(assets, attribute)
  if (!known.includes(value)) {
    const hint = didYouMean(value, new Set(known))
    const what = attribute === "stale" ? "cause" : attribute
    problems.push({
      kind: `unknown_${what}`,
      message: `No ${what} is called \`${value}\`.`,
      hint,
    })
  }
  const has = (asset: AnyAsset): boolean =>
    isOfState(attribute)
      ? hasState(asset, attribute, value)
      : valuesOf(asset, attribute).includes(value)
  return new Set(assets.filter(has).map(({ name }) => name))
}

function isOfState(attribute: Attribute): attribute is StateAttribute {
  return attribute in stateValues
}

function knownValues(assets: readonly AnyAsset[], attribute: Attribute): readonly string[] {
  return isOfState(attribute)
    ? stateValues[attribute]
    : assets.flatMap((asset) => valuesOf(asset, attribute))
}

function valuesOf(asset: AnyAsset, attribute: DeclaredAttribute): readonly string[] {
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
