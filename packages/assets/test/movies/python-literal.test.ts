import fc from "fast-check"
import { expect, test } from "vitest"

import { parsePython, type PythonValue } from "../../src/movies/python-literal.ts"
import { buildUnorderedDictPattern, buildListPattern } from "../../src/movies/python-patterns.ts"

test.each<[string, unknown]>([
  ["[]", []],
  ["None", null],
  ["[True, False, -1.5e-3]", [true, false, -0.0015]],
  [`["Ocean's", 'say "hi"', 'it\\'s "so"']`, ["Ocean's", 'say "hi"', `it's "so"`]],
  [String.raw`'a\\b\n\t\xa0\u200b\U0001f3ac\x27'`, "a\\b\n\t\u00a0\u200b\u{1f3ac}'"],
  ["'Amélie 愛'", "Amélie 愛"],
])("%s is read as Python means it", (text, value) => {
  expect(parsePython(text)).toEqual(value)
})

test("a dict keeps its keys in order", () => {
  const value = parsePython("{'id': 16, 'name': 'Animation', 'path': None}")
  expect(value).toEqual(
    new Map<string, unknown>([
      ["id", 16],
      ["name", "Animation"],
      ["path", null],
    ]),
  )
})

test.each(["", "[", "{'a' 1}", "{'a': }", "[1 2]", "'open", "nan", "[1] x", "{1: 2}"])(
  "%j is no literal, and it is said where",
  (text) => {
    expect(() => parsePython(text)).toThrow(/^no Python literal at \d+/)
  },
)

/** As Python's repr writes it. */
function repr(value: PythonValue): string {
  if (value === null) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value === "number") return String(value)
  if (typeof value === "string") return reprText(value)
  if (value instanceof Map)
    return `{${[...value].map(([key, each]) => `${reprText(key)}: ${repr(each)}`).join(", ")}}`
  return `[${(value as readonly PythonValue[]).map(repr).join(", ")}]` // what is left of the union
}

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`)
    .replaceAll(quote, `\\${quote}`)
  return `${quote}${escaped}${quote}`
}

const word = fc.string({ unit: fc.constantFrom("a", "'", '"', "\\", "\n", ",", "}", " ", "é") })

test("every text that repr writes is parsed back to its value", () => {
  const { value } = fc.letrec<{ value: PythonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      word,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value")),
      fc.array(fc.tuple(word, tie("value"))).map((entries) => new Map(entries)),
    ),
  }))
  fc.assert(
    fc.property(value, (each) => {
      expect(parsePython(repr(each))).toEqual(each)
    }),
  )
})

test("the rule for lists lets pass what can be read and has its keys, and nothing else", () => {
  const rule = new RegExp(
    `^(?:${buildListPattern(buildUnorderedDictPattern(["id", "number"], ["name", "text"]))})$`,
  )
  const good = [
    "[]",
    "[{'id': 16, 'name': 'Animation'}]",
    `[{'name': "Ocean's", 'id': 3}, {'id': 4, 'name': 'a\\'b', 'path': None}]`,
  ]
  const bad = [
    "",
    "[",
    "[{'id': 16}]",
    "[{'id': '16', 'name': 'x'}]",
    "[{'id': 16, 'name': None}]",
    "[{'id': 9999999999, 'name': 'x'}]",
    "[{'id': 16, 'name': 'x'} ]",
    "[{'id': 16, 'name': 'it's'}]",
    '[{"id": 16, "name": "x"}]',
  ]
  expect(good.filter((text) => !rule.test(text))).toEqual([])
  expect(bad.filter((text) => rule.test(text))).toEqual([])
})
