import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  parseSelection,
  resolveSelection,
  type HasState,
  type Selection,
} from "../../src/engine.ts"
import { codeAsset, int32, sharedRows, sql, sqlAssets } from "../../src/index.ts"
import { dailyAsset, buildValidGraph, source } from "../declarations.ts"

const activity = source("activity", { group: "stocktwits" })
const output = { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` }
const { likes, messages } = sqlAssets({
  name: "parsed",
  group: "stocktwits",
  owners: ["ann@example.org"],
  partitions: activity.partitions,
  shared: sql`from ${activity}`,
  outputs: { likes: output, messages: output },
})
const stocktwits = { group: "stocktwits", tags: ["graph"] }
const weights = dailyAsset("weights", sql`from ${likes}, ${messages}`, stocktwits)
const userRecs = dailyAsset("user_recs", sql`from ${weights}`, {
  ...stocktwits,
  tags: ["graph", "public"],
})
const roomRecs = dailyAsset("room_recs", sql`from ${weights}`, { ...stocktwits, tags: ["public"] })
const ratings = source("ratings", { group: "movies" })
const palettes = codeAsset({
  name: "palettes",
  group: "movies",
  description: "",
  version: "1",
  partitions: ratings.partitions,
  columns: { n: int32() },
  upstream: { ratings },
  async *compute() {},
})
const graph = buildValidGraph(
  activity,
  likes,
  messages,
  weights,
  userRecs,
  roomRecs,
  ratings,
  palettes,
)

const hasState: HasState = ({ name }, attribute, value) =>
  attribute === "stale"
    ? name === "weights" && ["code", "upstream"].includes(value)
    : { weights: "stale", user_recs: "missing", room_recs: "failed" }[name] === value ||
      (value === "fresh" && ["likes", "messages"].includes(name)) ||
      (value === "overdue" && name === "user_recs")

/** The names of the selected assets, and the problems of the selection. */
function formatResolution(text: string): string {
  const parsed = parseSelection(text)
  if (parsed.kind === "problem") return `${parsed.problem.message}\n${parsed.problem.hint}`
  const { names, problems } = resolveSelection(graph, parsed.selection, hasState)
  return [names.join(" "), ...problems.map(({ message, hint }) => `${message} ${hint}`)].join("\n")
}

const everything = "activity likes messages weights user_recs room_recs ratings palettes"
const system = "activity likes messages weights user_recs room_recs"

test.each([
  ["weights", "weights"],
  ["  weights  ", "weights"],
  ['"weights"', "weights"],
  ["*", everything],
  ["*_recs", "user_recs room_recs"],
  ["user_*", "user_recs"],
  ["*e*s", "likes messages weights user_recs room_recs palettes"],
  ["u*r*s", "user_recs"],
  ["+weights", "activity likes messages weights"],
  ["weights+", "weights user_recs room_recs"],
  ["+weights+", system],
  ["1+weights", "likes messages weights"],
  ["weights+1", "weights user_recs room_recs"],
  ["0+weights+0", "weights"],
  ["2+weights+1", system],
  ["1+user_recs+1", "weights user_recs"],
  ["2 + user_recs", "likes messages weights user_recs"],
  ["likes + 1", "likes weights"],
  ["likes+2", "likes weights user_recs room_recs"],
  ["+*_recs", system],
  ["1+*_recs", "weights user_recs room_recs"],
  ["+ratings+", "ratings palettes"],
  ["group:stocktwits", system],
  ["group:movies", "ratings palettes"],
  ["tag:public", "user_recs room_recs"],
  ["owner:ann@example.org", "likes messages"],
  ["kind:source", "activity ratings"],
  ["kind:sql", "likes messages weights user_recs room_recs"],
  ["kind:code", "palettes"],
  ["status:stale", "weights"],
  ["status:overdue", "user_recs"],
  ["status:fresh", "likes messages"],
  ['"group:movies"', "ratings palettes"],
  ["+status:stale", "activity likes messages weights"],
  ["tag:public and tag:graph", "user_recs"],
  ["tag:public or kind:source", "activity user_recs room_recs ratings"],
  ["not group:stocktwits", "ratings palettes"],
  ["not not weights", "weights"],
  ["not *", ""],
  ["group:movies and not kind:source", "palettes"],
  ["not kind:source and group:movies", "palettes"],
  ["not (kind:source and group:movies)", `${system} palettes`],
  ["weights or likes and messages", "weights"],
  ["likes and messages or weights", "weights"],
  ["(weights or likes) and likes", "likes"],
  ["weights or (likes and messages)", "weights"],
  ["not weights or weights", everything],
  ["not weights and not group:movies", "activity likes messages user_recs room_recs"],
  ["likes or messages or palettes", "likes messages palettes"],
  ["stale:code", "weights"],
  ["stale:upstream and tag:graph", "weights"],
  ["stale:input", ""],
  ["status:stale and not stale:input", "weights"],
  ["stale:code+1", "weights user_recs room_recs"],
  ["+weights and kind:sql", "likes messages weights"],
  ["+(likes or palettes)", "activity likes ratings palettes"],
  ["(user_recs or room_recs)+", "user_recs room_recs"],
  ["1+(user_recs or room_recs)", "weights user_recs room_recs"],
  ["((weights))", "weights"],
  ["weights+ or palettes", "weights user_recs room_recs palettes"],
  ["weights+1 and tag:graph", "weights user_recs"],
  ["(weights)+1", "weights user_recs room_recs"],
  ["not +weights", "user_recs room_recs ratings palettes"],
  ["not weights+", "activity likes messages ratings palettes"],
  ["user_recs or user_recs", "user_recs"],
])("%s selects %s", (text, names) => {
  expect(formatResolution(text)).toBe(names)
})

test.each([
  ["weihgts", "\nNo asset is named `weihgts`. Did you mean `weights`?"],
  [
    "zzz_*",
    "\nNo asset matches `zzz_*`. Known: activity, likes, messages, weights, user_recs, room_recs, ratings, palettes.",
  ],
  ["group:movie", "\nNo group is called `movie`. Did you mean `movies`?"],
  ["status:stal", "\nNo status is called `stal`. Did you mean `stale`?"],
  ["status:green", "\nNo status is called `green`. Known: missing, stale, fresh, failed, overdue."],
  ["stale:cod", "\nNo cause is called `cod`. Did you mean `code`?"],
  ["stale:data", "\nNo cause is called `data`. Known: code, input, upstream."],
  ["tag:x", "\nNo tag is called `x`. Known: graph, public."],
  ["kind:python", "\nNo kind is called `python`. Known: source, sql, code."],
  ["group:", "\nNo group is called ``. Known: stocktwits, movies."],
  ["weights or weihgts", "weights\nNo asset is named `weihgts`. Did you mean `weights`?"],
  [
    "wat and wot",
    "\nNo asset is named `wot`. Known: activity, likes, messages, weights, user_recs, room_recs, ratings, palettes.\nNo asset is named `wat`. Known: activity, likes, messages, weights, user_recs, room_recs, ratings, palettes.",
  ],
  ["w.ights", "\nNo asset is named `w.ights`. Did you mean `weights`?"],
])("%s contains an unknown name or value and reports the known ones", (text, expected) => {
  expect(formatResolution(text)).toBe(expected)
})

describe("a selection that cannot be parsed", () => {
  test.each([
    ["", "the end", "an asset's name, group:… or (", 0],
    ["   ", "the end", "an asset's name, group:… or (", 3],
    ["weights likes", '"likes"', "and, or, or the end", 8],
    ["(weights", "the end", ")", 8],
    ["weights)", '")"', "and, or, or the end", 7],
    ["()", '")"', "an asset's name, group:… or (", 1],
    ["weights and", "the end", "an asset's name, group:… or (", 11],
    ["weights or or likes", '"or"', "an asset's name, group:… or (", 11],
    ["weights and or", '"or"', "an asset's name, group:… or (", 12],
    ["and", '"and"', "an asset's name, group:… or (", 0],
    ["not", "the end", "an asset's name, group:… or (", 3],
    ["+", "the end", "an asset's name, group:… or (", 1],
    ["++weights", '"+"', "an asset's name, group:… or (", 1],
    ["2+", "the end", "an asset's name, group:… or (", 2],
    ["12", "the end", "a + after the number", 2],
    ["weights+2+likes", '"+"', "and, or, or the end", 9],
    ["colour:red", '"colour:red"', "one of group:, status:, stale:, tag:, owner:, kind:", 0],
    [
      "(a and colour:red)",
      '"colour:red"',
      "one of group:, status:, stale:, tag:, owner:, kind:",
      7,
    ],
    ['weights or "likes', '"""', "an asset's name, group:… or (", 11],
    ['weights "', '"""', "and, or, or the end", 8],
  ])("%j has a caret at %s, where %s is expected", (text, token, expected, at) => {
    expect(formatResolution(text)).toBe(
      `The selection has ${token} where ${expected} is expected.\n${text}\n${" ".repeat(at)}^`,
    )
  })
})

const name = fc.constantFrom("weights", "likes", "*_recs", "palettes")
const { tree } = fc.letrec<{ tree: Selection }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    name.map((pattern) => ({ kind: "name" as const, pattern, at: 0 })),
    fc.constantFrom("group:movies", "tag:public").map((text) => {
      const [attribute, value] = text.split(":") as ["group" | "tag", string] // two words with a colon
      return { kind: "attribute" as const, attribute, value, at: 0 }
    }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      left: tie("tree"),
      right: tie("tree"),
    }),
    fc.record({ kind: fc.constant("not" as const), operand: tie("tree") }),
    fc
      .record({
        kind: fc.constant("near" as const),
        operand: tie("tree"),
        up: fc.constantFrom(0, 1, 2, Infinity),
        down: fc.constantFrom(0, 1, 12, Infinity),
      })
      .filter(({ up, down }) => up + down > 0),
  ),
}))

const strength = { or: 0, and: 1, not: 2, near: 3, name: 4, attribute: 4 }

/** Formats a tree with the parentheses that precedence requires. */
function formatTree(selection: Selection, least = 0): string {
  const text = formatNode(selection)
  return strength[selection.kind] < least ? `(${text})` : text
}

function formatNode(selection: Selection): string {
  switch (selection.kind) {
    case "name":
      return selection.pattern
    case "attribute":
      return `${selection.attribute}:${selection.value}`
    case "and":
      return `${formatTree(selection.left, 1)} and ${formatTree(selection.right, 2)}`
    case "or":
      return `${formatTree(selection.left, 0)} or ${formatTree(selection.right, 1)}`
    case "not":
      return `not ${formatTree(selection.operand, 2)}`
    case "near": {
      const before = selection.up === 0 ? "" : `${selection.up === Infinity ? "" : selection.up}+`
      const after =
        selection.down === 0 ? "" : `+${selection.down === Infinity ? "" : selection.down}`
      return `${before}${formatTree(selection.operand, 4)}${after}`
    }
  }
}

/** A tree without positions in the text, for comparing two texts of one selection. */
const withoutPositions = (selection: Selection): unknown =>
  JSON.parse(
    JSON.stringify(selection, (key, value: unknown) =>
      key === "at" ? undefined : value === Infinity ? "all" : value,
    ),
  )

test("parsing a formatted selection gives an equal tree, with the fewest parentheses", () => {
  fc.assert(
    fc.property(tree, (selection) => {
      const parsed = parseSelection(formatTree(selection))
      if (parsed.kind === "problem") throw new Error(parsed.problem.message)
      expect(withoutPositions(parsed.selection)).toEqual(withoutPositions(selection))
    }),
    { numRuns: 500 },
  )
})

test("every text parses to a selection or a problem without an exception", () => {
  const piece = fc.constantFrom(
    "a",
    "+",
    "(",
    ")",
    "not ",
    "and ",
    " or ",
    '"',
    "1",
    ":",
    "*",
    "\\",
    "[",
    "é",
    "\n",
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const parsed = parseSelection(pieces.join(""))
      if (parsed.kind === "selection") resolveSelection(graph, parsed.selection, hasState)
      expect(["selection", "problem"]).toContain(parsed.kind)
    }),
    { numRuns: 1000 },
  )
})
